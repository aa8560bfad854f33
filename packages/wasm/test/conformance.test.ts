import '@tensorflow/tfjs';
import '@bn/cpu-ref';
import { conformance } from '@bn/conformance';
import { wasmBackend } from '../src/index.js';

conformance({ backend: wasmBackend, swapWith: 'cpu' });
