/**
 * tf.data makes tensors of rows without a look at their lengths: the values of a row that is too short are those of the next one. tfjs
 * can check that, but only does so in debug mode.
 */
import { ShapeError } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';

const flag = 'TENSORLIKE_CHECK_SHAPE_CONSISTENCY';

/** How many batches are being made; they may overlap. */
let running = 0;
let before = false;

/**
 * Makes the next batch of a dataset.
 *
 * @param what takes the data, for errors.
 * @throws ShapeError for rows of different lengths.
 */
export async function withEqualRows<T>(what: string, next: () => Promise<T>): Promise<T> {
  if (running++ === 0) {
    before = tf.env().getBool(flag);
    tf.env().set(flag, true);
  }
  try {
    return await next();
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('Element arr['))) throw error;
    throw new ShapeError(
      `${what}: the dataset has rows of different lengths, of which tf.data would make a wrong tensor (${error.message}); ` +
        'if they are rows and labels, zip them as { xs, ys }, not as a list',
      { cause: error },
    );
  } finally {
    if (--running === 0) tf.env().set(flag, before);
  }
}
