/** A result as tables, in the order of every report. */
import type { BenchResult } from '../results/result.js';
import { besidePeers } from './besidePeers.js';
import { keptMemory, speedOfMemory } from './memory.js';
import { backendsOf, overview } from './overview.js';
import type { Table } from './table.js';

/** For each backend ours and its peers, then the means beside native peers, LeNet's memory, and the machine's. */
export function sectionsOf(result: BenchResult): Table[] {
  const tables = backendsOf(result).map((backend) => overview(result, backend));
  return [...tables, besidePeers(result), keptMemory(result), speedOfMemory(result)].filter(
    ({ rows }) => rows.length > 0,
  );
}

/** How to read the tables, a sentence or two a line. */
export const legend: readonly string[] = [
  'A figure is a median in milliseconds, ± the wider side of its 95% interval.',
  'Beside the figure of a peer is how many times our time it takes on as many threads; ± is then that of the ratio.',
  '±50%+: the wider side is more than 50%.',
  'busy: the middle half of the rounds is wider than 50% of the median, so that the figure says little.',
  'memory limit: our time as a multiple of the time that the passes over memory take.',
  'All contenders of a row have x in the same data format. PyTorch keeps x in its own memory format for that, and its allocator ' +
    'keeps its pages.',
  'Everybody is warm: a process makes thousands of runs of a kind of short work, or a second of them, before its first figure, ' +
    'and every case runs until it gets no faster.',
];
