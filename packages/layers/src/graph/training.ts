/** `training` of a call, as Keras takes it. */
import { OptionError } from '@bn/core';

/**
 * True or false; undefined if the call does not say. Files write it as 0 or 1 too.
 *
 * @throws OptionError for anything else: as a condition, 'false' would be true.
 */
export function checkTraining(title: string, training: unknown): boolean | undefined {
  if (training === undefined || training === null) return undefined;
  if (typeof training === 'boolean') return training;
  if (training === 0 || training === 1) return training === 1;
  const got = typeof training === 'string' ? `'${training}'` : String(training);
  throw new OptionError(`${title}: training must be true or false, got ${got}`);
}
