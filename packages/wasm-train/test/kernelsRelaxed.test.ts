/** Every kernel, compiled with fused multiply-add. */
import { setFlagsFromString } from 'node:v8';
import '@tensorflow/tfjs';
import { kernelSuites } from './support/kernelSuites.js';

// What Node 20 asks for; where relaxed SIMD is on by default the flag is gone or changes nothing.
setFlagsFromString('--experimental-wasm-relaxed-simd');

kernelSuites('relaxed');
