/** Mistakes are refused before any kernel runs, with a stable code and a message that names the argument. */
import { type NormalizationError, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Behaviour } from '../behaviour.js';
import { type Mistake, mistakes } from './mistakes.js';

const refuses =
  ([code, message, attempt]: Mistake): Behaviour =>
  () => {
    let error: NormalizationError | undefined;
    tf.tidy(() => {
      try {
        attempt();
      } catch (thrown) {
        error = thrown as NormalizationError;
      }
    });
    expect(error, 'a mistake that was accepted').toBeInstanceOf(Error);
    expect(error!.message).toMatch(message);
    expect(error!.code).toBe(code);
  };

const unknownBackend: Behaviour = async ({ backend }) => {
  await expect(useBackend('abacus')).rejects.toMatchObject({ code: 'BN_BACKEND', message: /'abacus'/ });
  expect(tf.getBackend()).toBe(backend);
};

export const errors: Record<string, Behaviour> = {
  ...Object.fromEntries(
    Object.entries(mistakes).map(([sentence, mistake]) => [`refuses ${sentence}`, refuses(mistake)]),
  ),
  'refuses a backend without kernels, and stays on the current one': unknownBackend,
};
