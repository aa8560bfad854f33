/** What a refused call is held to. */
import { NormalizationError } from '../../src/index.js';

/** The NormalizationError that f throws; another error passes through, and none is an error too. */
export function refusalOf(f: () => unknown): NormalizationError {
  try {
    f();
  } catch (error) {
    if (error instanceof NormalizationError) return error;
    throw error;
  }
  throw new Error('the call was not refused');
}
