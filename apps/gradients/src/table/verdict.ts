/** Right, wrong or refused: what a backend makes of a case. */
import type { GradientCase } from './case.js';
import { type Measured, measure, type Numbers, WrongShape } from './measure.js';

export type Outcome = 'right' | 'wrong' | 'refused';

export interface Verdict {
  outcome: Outcome;
  /** In what way it is wrong, or with which words it was refused; nothing for what is right. */
  reason: string;
}

/** Largest distance from the truth, measured by the truth's largest element. Not a number if anything is not one. */
export function errorOf(actual: Numbers, truth: Numbers): number {
  const scale = Array.from(truth).reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  let error = 0;
  for (let i = 0; i < truth.length; ++i) {
    const distance = Math.abs(actual[i]! - truth[i]!) / scale;
    if (!(distance <= error)) error = distance;
    if (Number.isNaN(error)) break;
  }
  return error;
}

/** Runs a case on the backend in use and compares it with the truth. */
export function judge(gradientCase: GradientCase, truth: Measured, tolerance: number): Verdict {
  let measured: Measured;
  try {
    measured = measure(gradientCase);
  } catch (error) {
    return judgeError(error);
  }
  const wrong = (reason: string): Verdict => ({ outcome: 'wrong', reason });
  if (measured.shape.join() !== truth.shape.join()) return wrong(`a result of shape [${measured.shape}]`);
  const errors = [measured.value, ...measured.gradients].map((values, i) =>
    errorOf(values, i === 0 ? truth.value : truth.gradients[i - 1]!),
  );
  const worst = errors.findIndex((error) => !(error <= tolerance));
  if (worst < 0) return { outcome: 'right', reason: '' };
  const what = worst === 0 ? 'the result' : `the gradient of input ${worst}`;
  const error = errors[worst]!;
  return wrong(Number.isNaN(error) ? `${what} is not a number` : `${what} is off by ${rounded(error)}`);
}

/** One digit: more would change from one machine to the next. */
function rounded(error: number): string {
  return error > 0.095 ? `${Math.round(error * 100)}%` : 'less than a tenth';
}

/** A refusal is an error that someone has written. What JavaScript or WebAssembly throw by themselves is a crash. */
function judgeError(error: unknown): Verdict {
  const message = (error as Error).message.split('\n')[0]!;
  const isCrash =
    error instanceof WrongShape ||
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof WebAssembly.RuntimeError;
  return { outcome: isCrash ? 'wrong' : 'refused', reason: message };
}
