export { activate, activateItems, activateScratch } from './activation';
export { avgPool } from './avgPool';
export { avgPoolGrad } from './avgPoolGrad';
export { addBias, columnsScratch, sumRows } from './columns';
export { conv2d, conv2dItems, conv2dPrepare, conv2dScratch, conv2dShared } from './conv2d';
export {
  conv2dBackpropFilter,
  conv2dBackpropFilterFinish,
  conv2dBackpropFilterItems,
  conv2dBackpropFilterPrepare,
  conv2dBackpropFilterScratch,
  conv2dBackpropFilterShared,
} from './conv2dBackpropFilter';
export {
  conv2dBackpropInput,
  conv2dBackpropInputPrepare,
  conv2dBackpropInputScratch,
  conv2dBackpropInputShared,
} from './conv2dBackpropInput';
export { depthwise, depthwiseScratch } from './depthwise';
export { depthwiseBackpropFilter } from './depthwiseBackpropFilter';
export { depthwiseBackpropInput, depthwiseBackpropInputScratch } from './depthwiseBackpropInput';
export { descend, elementwiseItems, reluGrad, sigmoidGrad } from './elementwise';
export { findOutside, gather } from './gather';
export {
  matmul,
  matmulDepthBlock,
  matmulItems,
  matmulPack,
  matmulPackItems,
  matmulScratch,
  matmulShared,
} from './matmul';
export { matmulFewRows, matmulFewRowsItems, matmulFewRowsScratch } from './matmulFewRows';
export { maxPool, maxPoolIntegers } from './maxPool';
export { maxPoolGrad } from './maxPoolGrad';
export { segmentSum, segmentSumItems } from './segmentSum';
export { accumulate, foldDepth, swapLeadingAxes, unfoldDepth } from './volumes';
