import '@tensorflow/tfjs';
import '@bn/cpu-ref';
import '@bn/wasm';
// Convolutions train on wasm with this package alone.
import '@bn/wasm-train';
import { trainingSuite } from './support/trainingSuite.js';

trainingSuite('cpu');
trainingSuite('wasm');
