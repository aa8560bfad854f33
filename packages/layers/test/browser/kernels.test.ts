/** Whole models on the GPU backends of tfjs, with the kernels of @bn/webgl and @bn/webgpu. */
import '@bn/webgl';
import '@bn/webgpu';
import { registeredBackends } from '@bn/core';
import { expect, it } from 'vitest';
import { deviceSuite } from '../support/deviceSuite.js';

it('there are kernels for both', () => {
  expect(registeredBackends()).toEqual(expect.arrayContaining(['webgl', 'webgpu']));
});

deviceSuite('webgl', { kernels: true });
deviceSuite('webgpu', { kernels: true });
