/** Batch norm over shards, with masks and without. */
import { groupTrials } from '@bn/conformance/group';

export async function together({ reducer }) {
  await groupTrials(reducer, { runs: 40, seed: 17 });
  await groupTrials(reducer, { runs: 40, seed: 18, masked: true });
  return 'right';
}
