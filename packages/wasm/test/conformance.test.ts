import '@tensorflow/tfjs';
import '@bn/cpu-ref';
import { conformance } from '@bn/conformance';
import { inThisEnvironment } from '@bn/tooling/environment';
import { wasmBackend } from '../src/index.js';

conformance({ backend: wasmBackend, swapWith: 'cpu', ...inThisEnvironment('wasm') });
