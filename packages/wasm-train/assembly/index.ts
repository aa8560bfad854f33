/** What the host calls. Kernels that threads share take (call, from, to): their items, of which each thread gets a run, and a scratch if they need one. */
export { conv2d, conv2dItems, conv2dPrepare, conv2dScratch, conv2dShared } from './conv2d/conv2d';
export {
  conv2dBackpropFilter,
  conv2dBackpropFilterFinish,
  conv2dBackpropFilterItems,
  conv2dBackpropFilterPrepare,
  conv2dBackpropFilterScratch,
  conv2dBackpropFilterShared,
} from './conv2d/conv2dBackpropFilter';
export {
  conv2dBackpropInput,
  conv2dBackpropInputPrepare,
  conv2dBackpropInputScratch,
  conv2dBackpropInputShared,
} from './conv2d/conv2dBackpropInput';
export { accumulate, foldDepth, swapLeadingAxes, unfoldDepth } from './conv3d/volumes';
export { depthwise } from './depthwise/depthwise';
export { depthwiseBackpropFilter } from './depthwise/depthwiseBackpropFilter';
export { depthwiseBackpropInput } from './depthwise/depthwiseBackpropInput';
export { depthwiseScratch } from './depthwise/taps';
export { activate, activateItems, activateScratch } from './elementwise/activation';
export { descend, elementwiseItems, reluGrad, sigmoidGrad } from './elementwise/elementwise';
export {
  matmul,
  matmulDepthBlock,
  matmulItems,
  matmulPack,
  matmulPackItems,
  matmulScratch,
  matmulShared,
} from './matmul/matmul';
export { matmulFewRows, matmulFewRowsItems, matmulFewRowsScratch } from './matmul/matmulFewRows';
export { avgPool } from './pool/avgPool';
export { avgPoolGrad } from './pool/avgPoolGrad';
export { maxPool, maxPoolIntegers } from './pool/maxPool';
export { maxPoolGrad } from './pool/maxPoolGrad';
export { addBias, biasScratch, sumRows } from './rows/bias';
export { findOutside, gather } from './rows/gather';
export { segmentSum, segmentSumItems } from './rows/segmentSum';
