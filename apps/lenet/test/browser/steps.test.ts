import '@bn/webgl';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { stepCosts } from '../stepCosts.js';
import { parityModel } from './fixtures.js';

test('a step with our batch norm takes half the draws, and reads nothing back', async () => {
  await useBackend('webgl');
  const { gl } = (tf.backend() as unknown as { gpgpu: { gl: WebGL2RenderingContext } }).gpgpu;
  const counted = {
    programs: [gl, 'linkProgram'],
    calls: [gl, 'drawElements'],
    readbacks: [gl, 'readPixels'],
  } as const;
  const { without, ours, composed } = await stepCosts(counted, 32, parityModel);
  console.log('one step without batch norm:', without, 'ours:', ours, 'composed:', composed);
  expect(ours.compiled).toBe(0);
  expect(ours.readbacks).toBe(0);
  // As the README of @bn/webgl has it.
  expect(ours.programs).toBe(13);
  expect(ours.calls - without.calls).toBe(52);
  expect(composed.programs).toBe(90);
  expect(composed.calls - without.calls).toBe(328);
  expect(ours.calls).toBeLessThan(composed.calls / 2);
});
