/** What the host calls. The kernels take (call, from, to, scratch); those of acrossBatch/finish.ts take the call alone. */
export {
  acrossBatchColumnsInputGradient,
  acrossBatchColumnsNormalize,
  acrossBatchColumnsWideRows,
} from './acrossBatch/columns/elementwise';
export { acrossBatchColumnsGradientSums, acrossBatchColumnsStatistics } from './acrossBatch/columns/sums';
export {
  acrossBatchFinishBackward,
  acrossBatchFinishForward,
  acrossBatchFinishMoments,
  acrossBatchFinishSums,
  acrossBatchInputGradientFactors,
  acrossBatchNormalizeFactors,
} from './acrossBatch/finish';
export { acrossBatchPlanesInputGradient, acrossBatchPlanesNormalize } from './acrossBatch/planes/elementwise';
export { acrossBatchPlanesGradientSums, acrossBatchPlanesStatistics } from './acrossBatch/planes/sums';
export { acrossBatchSegments, acrossBatchSharedBytes } from './acrossBatch/shared';
export { callBytes } from './call';
export { columnsScratchBytes } from './loops/columnStatistics';
export { movingAverage } from './movingAverage';
export {
  perSampleColumnsAddTotals,
  perSampleColumnsBackward,
  perSampleColumnsInputGradient,
} from './perSample/columns/backward';
export {
  perSampleColumnsForward,
  perSampleColumnsMoments,
  perSampleColumnsNormalize,
} from './perSample/columns/forward';
export { perSampleColumnsScratchBytes } from './perSample/columns/scratch';
export {
  perSamplePlanesAddTotals,
  perSamplePlanesBackward,
  perSamplePlanesInputGradient,
} from './perSample/planes/backward';
export { perSamplePlanesScratchBytes } from './perSample/planes/block';
export {
  perSamplePlanesForward,
  perSamplePlanesMoments,
  perSamplePlanesNormalize,
} from './perSample/planes/forward';
export {
  perSampleRowsAddTotals,
  perSampleRowsBackward,
  perSampleRowsInputGradient,
  perSampleRowsSegments,
} from './perSample/rows/backward';
export { perSampleRowsBlocks } from './perSample/rows/block';
export { perSampleRowsForward, perSampleRowsMoments, perSampleRowsNormalize } from './perSample/rows/forward';
export { perSampleRowsScratchBytes } from './perSample/rows/scratch';
export { perSampleTotalsBytes } from './perSample/totals';
