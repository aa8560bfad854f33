/** tfjs's webgl with @bn/core alone: the kernels are composed of tfjs's own operations. */
import '@tensorflow/tfjs';
import { conformance } from '@bn/conformance';
import { registeredBackends } from '@bn/core';
import { inThisEnvironment } from '@bn/tooling/environment';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

// Programs are then compiled once for all sizes, not for each.
tf.env().set('WEBGL_USE_SHAPES_UNIFORMS', true);

it('there are no kernels for it', () => {
  expect(registeredBackends()).toEqual([]);
});

// The tolerance of @bn/webgl, whose reasons hold here too; each operation rounds its result besides.
conformance({
  backend: 'webgl',
  swapWith: 'cpu',
  tolerance: 4,
  draws: 4,
  ...inThisEnvironment('webgl composed'),
});
