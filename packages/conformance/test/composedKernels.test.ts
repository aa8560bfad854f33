/** A made-up device, for which nobody has kernels: what @bn/core composes for it passes the suite. */
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { conformance } from '../src/index.js';

for (const name of ['made-up', 'made-up-twin']) {
  tf.registerBackend(name, tf.findBackendFactory('cpu'));
  tf.copyRegisteredKernels('cpu', name);
}

// Operations that round their result one after the other, rather than once.
conformance({ backend: 'made-up', swapWith: 'made-up-twin', tolerance: 4 });
