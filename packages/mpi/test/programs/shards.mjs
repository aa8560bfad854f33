/**
 * Batch norm over shards, with masks and without.
 *
 *     shards.mjs <backend> <threads>
 */
import { groupTrials } from '@bn/conformance/group';
import { startMpi } from '@bn/mpi';
import { startBackend } from './startBackend.mjs';

const checkThreads = await startBackend(process.argv[2], Number(process.argv[3]));
const { reducer } = await startMpi();
await groupTrials(reducer, { runs: 40, seed: 17 });
await groupTrials(reducer, { runs: 40, seed: 18, masked: true });
checkThreads();
