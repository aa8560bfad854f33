/** The kernels of @bn/wasm-train on threads, in the variant that this engine has. */
import { trainingKernelsSuite } from './trainingKernelsSuite.js';

trainingKernelsSuite();
