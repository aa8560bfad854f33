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

export const caption =
  'Median milliseconds, ± the wider side of its 95% interval; peers: how many times our time on as many threads, and ± of that; ' +
  '±50%+: it is wider; busy: the middle half of the rounds is wider than 50% of the median; memory limit: how many times the ' +
  'time of the passes over memory ours takes. All contenders of a row have x in the same data format; PyTorch has its own memory format for each, and an allocator that keeps its pages. Everybody is warm: each process makes thousands ' +
  'of runs of a kind of short work, or a second of them, before its first figure, and every case runs until it gets no faster';
