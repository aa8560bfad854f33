// A process that was started alone is a group of one, with MPI or without.
import { startMpi } from '@bn/mpi';

const group = await startMpi();
const values = Float64Array.of(1, 2.5);
group.reducer.allReduceSum(values);
console.log(`${group.rank} of ${group.size}: ${values.join(' ')}`); // 0 of 1: 1 2.5
