/** Asks what the run in hand takes each test image for. */
import { TrainerError } from '../errors.js';
import type { TestResult } from '../protocol.js';
import { call } from './connection.js';
import { active } from './page.js';
import { forgetTested, showTested } from './tested.js';

/** Evaluates the run in hand. Undefined if it was closed, or trained, before that was done. */
export async function evaluateActive(): Promise<TestResult | undefined> {
  const { id: run, at } = active.value!;
  forgetTested();
  try {
    const result = await call('evaluate');
    showTested({ ...result, run, at });
    return result;
  } catch (error) {
    if (error instanceof TrainerError && error.code === 'LENET_INTERRUPTION') return undefined;
    throw error;
  }
}
