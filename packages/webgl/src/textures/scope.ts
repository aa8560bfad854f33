/** The textures of one operation: outputs that it leaves, and scratch textures that are given back at its end. */
import { type MathBackendWebGL, webgl_util } from '@tensorflow/tfjs-backend-webgl';
import * as tf from '@tensorflow/tfjs-core';
import { TextureSizeError } from '../errors.js';
import { usableBackend } from './device.js';
import type { SizedTexture } from './draw.js';
import { STATISTICS_PER_ROW } from './texels.js';

/** A tensor's data and the texture that holds it, to be drawn to. */
export interface Output extends SizedTexture {
  readonly info: tf.TensorInfo;
}

/**
 * tfjs's TextureUsage.UPLOAD, which it does not export: float32 also in half-float mode. Half-floats end at 65504, which a
 * sum of squares soon passes.
 */
const FLOAT32 = 1;

export class Scope {
  readonly #outputs: tf.TensorInfo[] = [];
  readonly #scratch: tf.TensorInfo[] = [];

  constructor(readonly backend: MathBackendWebGL) {}

  /** A tensor in tfjs's packed layout, at tfjs's precision: y or dx. */
  output(shape: readonly number[]): Output {
    return this.#leave(this.#allocate(shape, packedSize(shape)));
  }

  /** A parameter's gradient, or another small vector: packed and float32. */
  vector(length: number): Output {
    return this.#leave(this.#allocate([length], packedSize([length]), FLOAT32));
  }

  /**
   * A statistic of each row or channel, one in a texel. tfjs takes that for a packed `[count, 1, 1]`; it rearranges the
   * data if a generic operation asks for them in another shape.
   */
  statistic(shape: readonly number[]): Output {
    const count = tf.util.sizeFromShape([...shape]);
    const { info, ...target } = this.#allocate([count, 1, 1], statisticsSize(count), FLOAT32);
    return this.#leave({ info: { ...info, shape: [...shape] }, ...target });
  }

  /** Scratch texels, one for each statistic. */
  statisticTexels(shape: readonly number[]): Output {
    const count = tf.util.sizeFromShape([...shape]);
    return this.#borrow(this.#allocate([count, 1, 1], statisticsSize(count), FLOAT32));
  }

  /** Scratch texels in rows of this many. */
  texels(count: number, width: number): Output {
    const size = { width, height: Math.ceil(count / width) };
    return this.#borrow(this.#allocate([count, 1, 1], size, FLOAT32));
  }

  /** Takes over data that is freed with the scratch textures. */
  borrow(info: tf.TensorInfo): void {
    this.#scratch.push(info);
  }

  /** Gives the scratch textures back, and after a failure the outputs too. */
  release(failed: boolean): void {
    const infos = failed ? [...this.#scratch, ...this.#outputs] : this.#scratch;
    for (const { dataId } of infos) this.backend.disposeData(dataId as tf.DataId);
  }

  #leave(output: Output): Output {
    this.#outputs.push(output.info);
    return output;
  }

  #borrow(output: Output): Output {
    this.#scratch.push(output.info);
    return output;
  }

  #allocate(shape: readonly number[], { width, height }: Size, usage?: number): Output {
    checkSize(shape, { width, height });
    const info = this.backend.makeTensorInfo([...shape], 'float32');
    const data = this.backend.texData.get(info.dataId);
    data.isPacked = true;
    data.texShape = [2 * height, 2 * width];
    if (usage !== undefined) data.usage = usage as NonNullable<typeof data.usage>;
    return { info, texture: this.backend.getTexture(info.dataId as tf.DataId), width, height };
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** In texels, as tfjs lays out a packed tensor. */
function packedSize(shape: readonly number[]): Size {
  const [rows, columns] = webgl_util.getTextureShapeFromLogicalShape([...shape], true);
  return { width: Math.ceil(columns / 2), height: Math.ceil(rows / 2) };
}

const statisticsSize = (count: number): Size => ({
  width: Math.min(count, STATISTICS_PER_ROW),
  height: Math.ceil(count / STATISTICS_PER_ROW),
});

/**
 * Refuses a tensor that does not fit a packed texture of this device.
 *
 * @throws TextureSizeError
 */
export function checkFits(shape: readonly number[]): void {
  checkSize(shape, packedSize(shape));
}

function checkSize(shape: readonly number[], { width, height }: Size): void {
  const limit = tf.env().getNumber('WEBGL_MAX_TEXTURE_SIZE');
  if (width <= limit && height <= limit) return;
  throw new TextureSizeError(
    `A tensor of shape [${shape.join(', ')}] needs a texture of ${width} x ${height} texels, and the limit of this device is ` +
      `${limit} x ${limit}: use smaller batches, or the backend 'wasm'`,
  );
}

/**
 * Runs one operation on the current backend; its scratch textures are given back in any case, its outputs if it fails.
 *
 * @throws UnsupportedDeviceError, ContextLostError and TextureSizeError.
 */
export function operate<T>(compute: (scope: Scope) => T): T {
  const scope = new Scope(usableBackend());
  let failed = true;
  try {
    const result = compute(scope);
    failed = false;
    return result;
  } finally {
    scope.release(failed);
  }
}
