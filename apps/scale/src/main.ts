/** The command line: measures what docs/scale.md is made of, and writes the page. */
import { runCommand } from '@bn/lenet/node';
import { MpiMissingError } from '@bn/mpi';
import { Argument, Command } from 'commander';
import { MeasurementError } from './errors.js';
import { measureAll, names } from './measureAll.js';

const parts = [...names, 'page'] as const;

const program = new Command(process.env.BN_COMMAND ?? 'scale')
  .description(
    'Measures what more processes and machines are worth, and writes docs/scale.md. All measurements take five minutes; ' +
      'let nothing else run meanwhile. Several hosts are network namespaces, which need root and Linux. A measurement that ' +
      'fails is made once more; the others are made all the same.',
  )
  .addArgument(
    new Argument('[part...]', 'some measurements, or the page from what was measured before').choices(parts),
  )
  .exitOverride()
  .action((chosen: readonly (typeof parts)[number][]) =>
    measureAll(names.filter((name) => chosen.length === 0 || chosen.includes(name))),
  );

const rejectedBy = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

await runCommand({
  run: (parameters, signal) =>
    Promise.race([program.parseAsync(parameters, { from: 'user' }), rejectedBy(signal)]),
  expected: [MeasurementError, MpiMissingError],
  failures: [MeasurementError, MpiMissingError],
  interrupted: 'Interrupted. What was measured so far is kept.',
});
// Ends the measurement under way, and removes its hosts.
process.exit();
