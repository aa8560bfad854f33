/** A group whose members have different versions of Node. */
import { startMpi } from '@bn/mpi';
import { tell } from './tell.mjs';

const ownRank = process.env.OMPI_COMM_WORLD_RANK ?? process.env.PMI_RANK;
Object.defineProperty(process, 'version', { value: `v99.0.${ownRank}` });
try {
  await startMpi();
} catch ({ rank, code, message }) {
  tell({ rank, code, message });
  process.exitCode = 2;
}
