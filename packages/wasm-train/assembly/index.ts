export { avgPool } from './avg_pool';
export { avgPoolGrad } from './avg_pool_grad';
export { addBias, columnsScratch, sumRows } from './columns';
export { conv2d, conv2dScratch } from './conv2d';
export { conv2dBackpropFilter, conv2dBackpropFilterScratch } from './conv2d_backprop_filter';
export { conv2dBackpropInput, conv2dBackpropInputScratch } from './conv2d_backprop_input';
export { reluGrad, sigmoidGrad } from './elementwise';
export { matmul, matmulScratch } from './matmul';
export { maxPoolGrad } from './max_pool_grad';
