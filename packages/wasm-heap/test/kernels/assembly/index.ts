export { affine, trap } from './kernels';
