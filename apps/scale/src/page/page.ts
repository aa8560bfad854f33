/** The page docs/scale.md, from what was measured. */
import { constantsOf } from '../constants.js';
import type { Machine, Results } from '../results.js';
import { checkSection } from './check.js';
import { constantsSection } from './constants.js';
import { scaleSection } from './scale.js';
import { speedSection } from './speed.js';
import { trafficSection } from './traffic.js';

export function page({ speed, constants, messages, groups }: Results): string {
  const fitted = constantsOf(constants);
  return `${[
    '# What more processes are worth',
    introduction(speed.machine),
    ...speedSection(speed),
    ...trafficSection(groups),
    ...constantsSection(constants, fitted),
    ...checkSection(messages, groups, fitted),
    ...scaleSection(constants, fitted),
    ...limitsSection,
    ...remarks({ speed, constants, messages, groups }),
  ].join('\n\n')}\n`;
}

const introduction = ({ processor, cores, node }: Machine): string =>
  'Training over several processes with [@bn/mpi](../packages/mpi/README.md): what it costs, what it gives, and from how many ' +
  `processes on it does not pay. Everything was measured on one machine (${processor}, ${cores} cores, Node ${node}, Linux); ` +
  'several hosts are network namespaces of it, with a limit on what leaves each. A command measures, and writes this page:\n\n' +
  '    npm run scale\n\n' +
  'A time is the median over a run of a quarter of a second to two seconds, and over three repetitions at least. The machine shares its processor with others, so that ' +
  'repeated runs differ by a tenth, and now and then by more. The formulas of batch norm over a group are in ' +
  '[Many processes](many-processes.md).';

const limitsSection = [
  '## Limits of this page',
  [
    '- More than 8 ranks, and any net of real machines, are computed, not measured. Congestion, failures, and waiting for the slowest of many ranks are left out.',
    "- The links have the bandwidth of a net, but not its latency: delay could not be simulated (`tc`'s netem is missing in this machine's kernel). A cable and a switch add some 10 to 50 us to each message.",
    '- All ranks here share two cores, also with the kernel, which moves their messages. On machines of their own, communication takes nothing from the computing of others.',
    '- ResNet-50 has not been run: its time to compute is that of its operations at the rate of one convolution.',
  ].join('\n'),
];

const remarks = (results: Results): string[] =>
  Object.entries(results).flatMap(([name, { machine }]: [string, { readonly machine: Machine }]) =>
    machine.remark === undefined ? [] : [`On docs/scale/${name}.json: ${machine.remark}.`],
  );
