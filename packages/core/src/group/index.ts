/**
 * Groups of processes: reducers for one process and its threads, the group that this process is in, and batch norm for packages with
 * their own layers.
 *
 * @packageDocumentation
 */
export { checkReducer } from './checkReducer.js';
export { type GroupBatchNormResult, groupBatchNorm } from './groupBatchNorm.js';
export { currentGroup, joinGroup } from './membership.js';
export type { Reducer } from './reducer.js';
export { singleMember } from './singleMember.js';
export { type ThreadReducerOptions, threadGroupMemory, threadReducer } from './threads.js';
export { valuesOf } from './values.js';
