export { activate, activateItems, activateScratch } from './activation';
export { avgPool } from './avg_pool';
export { avgPoolGrad } from './avg_pool_grad';
export { addBias, columnsScratch, sumRows } from './columns';
export { conv2d, conv2dItems, conv2dPrepare, conv2dScratch, conv2dShared } from './conv2d';
export {
  conv2dBackpropFilter,
  conv2dBackpropFilterFinish,
  conv2dBackpropFilterItems,
  conv2dBackpropFilterPrepare,
  conv2dBackpropFilterScratch,
  conv2dBackpropFilterShared,
} from './conv2d_backprop_filter';
export {
  conv2dBackpropInput,
  conv2dBackpropInputPrepare,
  conv2dBackpropInputScratch,
  conv2dBackpropInputShared,
} from './conv2d_backprop_input';
export { depthwise, depthwiseScratch } from './depthwise';
export { depthwiseBackpropFilter } from './depthwise_backprop_filter';
export { depthwiseBackpropInput, depthwiseBackpropInputScratch } from './depthwise_backprop_input';
export { elementwiseItems, reluGrad, sigmoidGrad } from './elementwise';
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
export { maxPoolGrad } from './max_pool_grad';
export { maxPool, maxPoolIntegers } from './maxPool';
export { segmentSum, segmentSumItems } from './segmentSum';
export { accumulate, foldDepth, swapLeadingAxes, unfoldDepth } from './volumes';
