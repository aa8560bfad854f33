import { markdownTable } from 'markdown-table';
import { leNet, type Network, resNet50 } from '../networks.js';
import type { GroupsResults } from '../results.js';
import { batchNormTraffic, gradientTraffic, stepTraffic } from '../traffic.js';
import { digits, percent, whole } from './numbers.js';

export function trafficSection({ groups }: GroupsResults): string[] {
  const row = (network: Network, ranks: number) => {
    const { calls, messages, bytes } = stepTraffic(network, ranks);
    const kilobytes = (bytes: number) => digits(bytes / 1e3);
    return [
      network.name,
      ...[ranks, calls, messages].map(whole),
      kilobytes(bytes),
      kilobytes(batchNormTraffic(network, ranks).bytes),
      kilobytes(gradientTraffic(network, ranks).bytes),
    ];
  };
  const rows = [leNet, resNet50].flatMap((network) =>
    [2, 4, 8, 64, 1024].map((ranks) => row(network, ranks)),
  );
  return [
    '## What a step sends',
    'A batch norm takes two gathers, one forward and one backward: a message of 4,032 bytes from each rank to each, and a second one if ' +
      'it has more than 167 channels. The gradients of all weights are averaged at the end of the step, in two calls, of two ranks in one. A call waits ' +
      'until all ranks are there. "One after the other" counts the messages of which each can only leave when the one before it has ' +
      "come, by Open MPI 4.1's choice of algorithms; the bytes are those that reach each rank.",
    markdownTable(
      [['', 'ranks', 'calls', 'one after the other', 'kB', 'of batch norms', 'of gradients'], ...rows],
      { align: ['l', ...Array<string>(6).fill('r')] },
    ),
    receivedText(groups),
    'The bytes of gradients per rank hardly depend on the number of ranks; those of batch norms grow with it, since every rank gets ' +
      'the statistics of every other and adds them up in the same order. That is what makes all ranks hold the same bits, and what ' +
      'limits a large group.',
  ];
}

/** What the network devices have counted, beside what the formulas say. */
function receivedText(groups: GroupsResults['groups']): string {
  const counted = groups.filter(({ link, received }) => link === 'TCP' && received !== undefined);
  if (counted.length === 0) return 'The bytes have not been counted here: that takes several hosts.';
  const parts = counted.map(({ ranks, received }) => {
    const { bytes } = stepTraffic(leNet, ranks);
    return `${digits(received! / 1e3)} kB with ${ranks} ranks (${percent(received! / bytes - 1)} more than computed)`;
  });
  return `The network device of a host counted, with the headers of TCP/IP, for each step of LeNet: ${parts.join(', ')}.`;
}
