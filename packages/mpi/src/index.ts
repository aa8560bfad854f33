/**
 * Synchronous data-parallel training of TensorFlow.js models over MPI.
 *
 * @packageDocumentation
 */
export { AgreementError, MpiError, MpiMissingError } from './errors.js';
export type { Agreed } from './group/agree.js';
export type { MpiGroup, Shard } from './group/group.js';
export { isLaunched } from './launch/launcher.js';
export { type Command, type MpirunOptions, mpirunCommand } from './launch/mpirun.js';
export { type StartMpiOptions, startMpi } from './startMpi.js';
