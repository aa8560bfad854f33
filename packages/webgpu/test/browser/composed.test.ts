/** tfjs's webgpu with @bn/core alone: the kernels are composed of tfjs's own operations. */
import '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import { conformance } from '@bn/conformance';
import { registeredBackends } from '@bn/core';
import { inThisEnvironment } from '@bn/tooling/environment';
import { expect, it } from 'vitest';

it('there are no kernels for it', () => {
  expect(registeredBackends()).toEqual([]);
});

// The tolerance of @bn/webgpu, whose reasons hold here too; each operation rounds its result besides.
conformance({
  backend: 'webgpu',
  swapWith: 'cpu',
  tolerance: 4,
  draws: 4,
  synchronousReads: 'slow',
  ...inThisEnvironment('webgpu composed'),
});
