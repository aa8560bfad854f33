import '@tensorflow/tfjs';
import { conformance } from '@bn/conformance';
import { registerBackend } from '@bn/core';
import { inThisEnvironment } from '@bn/tooling/environment';
import * as tf from '@tensorflow/tfjs-core';
import { cpuReferenceBackend } from '../src/index.js';

// A second instance of tfjs's cpu backend: swapping moves the data, as it would between two devices.
const twin = 'cpu-twin';
tf.registerBackend(twin, tf.findBackendFactory('cpu'));
tf.copyRegisteredKernels('cpu', twin);
registerBackend({ ...cpuReferenceBackend, name: twin });

conformance({ backend: cpuReferenceBackend, swapWith: twin, ...inThisEnvironment('cpu') });
