/** Has tfjs compile its own programs for any size: by default it keeps one more for each new shape, for ever. */
import * as tf from '@tensorflow/tfjs-core';

const FLAG = 'WEBGL_USE_SHAPES_UNIFORMS';

/** Runs a part of tfjs that uploads, packs or unpacks, with sizes as uniforms of its programs. */
export function withShapeUniforms<T>(run: () => T): T {
  const before = tf.env().getBool(FLAG);
  tf.env().set(FLAG, true);
  try {
    return run();
  } finally {
    tf.env().set(FLAG, before);
  }
}
