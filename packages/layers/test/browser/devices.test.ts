/**
 * Whole models on the GPU backends of tfjs: with @bn/core alone, whose kernels are composed of tfjs's own operations, then with those of
 * @bn/webgl and @bn/webgpu. It is one page, in which tfjs compiles its own programs for both.
 */
import '@tensorflow/tfjs-backend-webgpu';
import { registeredBackends } from '@bn/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { deviceSuite } from '../support/deviceSuite.js';

const backends = ['webgl', 'webgpu'];

describe('with @bn/core alone', () => {
  it('there are no kernels for either backend', () => {
    expect(registeredBackends()).toEqual(['cpu']);
  });
  for (const backend of backends) deviceSuite(backend, { kernels: false });
});

describe('with the kernels of the packages', () => {
  beforeAll(async () => {
    await import('@bn/webgl');
    await import('@bn/webgpu');
  });
  it('there are kernels for both backends', () => {
    expect(registeredBackends()).toEqual(expect.arrayContaining(backends));
  });
  for (const backend of backends) deviceSuite(backend, { kernels: true });
});
