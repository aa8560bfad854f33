/** Whole models on the GPU backends of tfjs, with @bn/core alone: the kernels are composed of tfjs's own operations. */
import '@tensorflow/tfjs-backend-webgpu';
import { registeredBackends } from '@bn/core';
import { expect, it } from 'vitest';
import { deviceSuite } from '../support/deviceSuite.js';

it('there are no kernels for either', () => {
  expect(registeredBackends()).toEqual(['cpu']);
});

deviceSuite('webgl', { kernels: false });
deviceSuite('webgpu', { kernels: false });
