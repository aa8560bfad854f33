import '@bn/wasm';
import { conformance } from '@bn/conformance';
import { inThisEnvironment } from '@bn/tooling/environment';
import { webgpuBackend } from './support/start.js';

// GPUs divide with an error of up to 2.5 units in the last place, and have no float64 to sum in.
conformance({ backend: webgpuBackend, swapWith: 'wasm', tolerance: 4, ...inThisEnvironment('webgpu') });
