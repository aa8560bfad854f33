/** The epoch that a run is in, of how many. */
import type { Messages } from '../messages/en.js';
import type { RunRecord } from '../state/runRecord.js';

export const epochText = ({ at }: RunRecord, epochs: number, t: Messages): string =>
  t.run.epochOf(Math.min(Math.floor(at) + 1, epochs), epochs);
