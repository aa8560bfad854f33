import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { callRefused, refusals } from '../src/faults/refusals.js';

describe('tf.layers itself', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it.each(refusals)('refuses $layer with $config', (refusal) => {
    expect(() => callRefused(refusal)).toThrow(refusal.message);
  });
});
