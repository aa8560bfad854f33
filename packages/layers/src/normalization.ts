import { OptionError, ShapeError } from '@bn/core';
import { checkBoolean } from '@bn/core/options';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type AdaptData, momentsOf } from './adapt.js';
import { checkAxes, outputShape, resolveAxes } from './axes.js';
import { isTyped, shapeOf } from './batches.js';
import type { Keywords } from './graph/calls.js';
import './graph/hooks.js';
import { checkArguments, type LayerArguments, titleOf } from './layerArguments.js';
import { onlyInput, type Shape } from './normalizationLayer.js';
import { registerOwn } from './ownFiles.js';

/** A number, or as many as the axes have values. */
export type Values =
  | number
  | readonly number[]
  | readonly (readonly number[])[]
  | Float32Array
  | Float64Array;

/** Arguments of `Normalization`. */
export interface NormalizationArguments extends LayerArguments {
  /** The axis or axes that have a mean and a variance for each index; null: one mean and variance for all. Default -1. */
  axis?: number | number[] | null;
  /** The mean, if it is known: a number, or in a shape that broadcasts to the sizes of `axis`. With `variance`. */
  mean?: Values;
  variance?: Values;
  /** Compute x from normalized values instead. Default false. */
  invert?: boolean;
}

const layerClass = 'Normalization';

/** Standard deviations below it count as it, as in Keras. */
const smallestDeviation = 1e-7;

interface Statistics {
  mean: Float64Array;
  variance: Float64Array;
  count: number;
}

/**
 * keras.layers.Normalization: y = (x - mean) / max(sqrt(variance), 1e-7), with a mean and a variance that are known before training:
 * those of `adapt(data)`, or the arguments. With `invert` x = y * max(sqrt(variance), 1e-7) + mean. Weights, unless mean and
 * variance are given: `mean` and `variance` of the sizes of `axis`, and `count`, the number of values behind each. They are
 * not trained. Before `adapt` they are 0 and 1.
 */
export class Normalization extends tfl.layers.Layer {
  /** @nocollapse */
  static readonly className: string = layerClass;
  readonly #axis: number[];
  readonly #invert: boolean;
  readonly #isShapeGiven: boolean;
  readonly #given: { mean: Values; variance: Values } | undefined;
  #inputShape: Shape | undefined;
  #weights: { mean: tfl.LayerVariable; variance: tfl.LayerVariable; count: tfl.LayerVariable } | undefined;
  /** Of `adapt` before the layer is built. */
  #adapted: Statistics | undefined;

  /** @throws OptionError that names the option, what it got and what to do. */
  constructor(args?: NormalizationArguments) {
    const isForAll = args?.axis === null || (Array.isArray(args?.axis) && args.axis.length === 0);
    const checked = checkArguments(layerClass, args, ['axis', 'mean', 'variance', 'invert']);
    super(checked);
    const title = titleOf(layerClass, args?.name);
    this.supportsMasking = true;
    this.#isShapeGiven = this.batchInputShape != null;
    this.#axis = isForAll ? [] : checkAxes(title, checked.axis ?? -1);
    this.#invert = checkBoolean(title, 'invert', checked.invert, false);
    this.#given = checkGiven(title, listed(checked.mean), listed(checked.variance));
  }

  override build(inputShape: Shape | Shape[]): void {
    this.#inputShape = inputShape as Shape;
    const { sizes } = resolveAxes(this.#title, this.#axis, this.#inputShape);
    if (this.#given === undefined) {
      const zeros = tfl.initializers.zeros();
      this.#weights = {
        mean: this.addWeight('mean', sizes, 'float32', zeros, undefined, false),
        variance: this.addWeight('variance', sizes, 'float32', tfl.initializers.ones(), undefined, false),
        count: this.addWeight('count', [], 'int32', zeros, undefined, false),
      };
      if (this.#adapted !== undefined) this.#assign(this.#adapted);
    } else {
      tf.dispose(broadcast(this.#title, this.#given, sizes));
    }
    this.built = true;
  }

  /**
   * Takes mean and variance of data, in float64 and merged over batches exactly, in the place of what the layer had. Call it before the
   * model is trained. Batches may have different sizes, but one rank. The layer can then be the first one of a Sequential without an
   * `inputShape`: it takes the sizes that all batches share.
   *
   * @param data A tensor, an array, batches of them (an iterable, asynchronous too), or a dataset of tf.data, which must be batched. Of
   *   batches with labels, `[x, y]` or `{ xs, ys }`, x is taken; zip arrays with `tf.data.zip({ xs, ys })`, since tf.data makes one tensor of
   *   those in a list. Batches of a dataset of tf.data are disposed of.
   * @throws ShapeError for data of another shape than the layer's input, batches of different ranks and rows of different lengths;
   *   DtypeError for strings; OptionError for no data at all, and for data with NaN or infinity.
   */
  async adapt(data: AdaptData): Promise<void> {
    if (this.#given !== undefined) {
      throw new OptionError(
        `${this.#title}: mean and variance were given, so that there is nothing to adapt`,
      );
    }
    let inputShape: Shape | undefined;
    const statistics = await momentsOf(`${this.#title}`, data, (shape) => {
      const axes = this.#keptAxes(shape);
      inputShape = this.#inputShapeOf(shape, inputShape);
      return axes;
    });
    // tf.sequential asks for it of its first layer. In a model the shape is settled.
    if (!this.#isShapeGiven && this.inboundNodes.length === 0) this.batchInputShape = inputShape!;
    if (this.#weights === undefined) this.#adapted = statistics;
    else this.#assign(statistics);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return outputShape(this.#title, this.#axis, inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], _keywords: Keywords): tf.Tensor {
    return tf.tidy(() => {
      const x = onlyInput(this.#title, inputs);
      const { axes, sizes } = resolveAxes(this.#title, this.#axis, x.shape);
      const shape = x.shape.map((size, axis) => (axes.includes(axis) ? size : 1));
      const [mean, variance] = (this.#given ? broadcast(this.#title, this.#given, sizes) : this.#read()).map(
        (value) => tf.reshape(value, shape),
      );
      const deviation = tf.maximum(tf.sqrt(variance!), smallestDeviation);
      return this.#invert ? tf.add(tf.mul(x, deviation), mean!) : tf.div(tf.sub(x, mean!), deviation);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { mean = null, variance = null } = this.#given ?? {};
    const config = { axis: this.#axis, invert: this.#invert, mean, variance };
    return { ...super.getConfig(), ...(config as unknown as tf.serialization.ConfigDict) };
  }

  /** In errors. */
  get #title(): string {
    return titleOf(layerClass, this.name);
  }

  #read(): tf.Tensor[] {
    return [this.#weights!.mean.read(), this.#weights!.variance.read()];
  }

  #keptAxes(shape: number[]): number[] {
    const { axes } = resolveAxes(this.#title, this.#axis, shape);
    const known = this.#inputShape;
    if (
      known === undefined ||
      (known.length === shape.length && axes.every((axis) => known[axis] === shape[axis]))
    ) {
      return axes;
    }
    throw new ShapeError(
      `${this.#title}: adapt takes data of the shape of the input, [${known.map((size) => size ?? 'any')}], got [${shape}]`,
    );
  }

  /** The input shape of a batch and of those before, null for sizes that differ. */
  #inputShapeOf(batch: number[], before: Shape = batch): Shape {
    if (batch.length === before.length) {
      return batch.map((size, axis) => (axis > 0 && size === before[axis] ? size : null));
    }
    throw new ShapeError(
      `${this.#title}: adapt takes batches of one rank, got batches of ranks ${before.length} and ${batch.length}`,
    );
  }

  #assign({ mean, variance, count }: Statistics): void {
    const weights = this.#weights!;
    if (mean.length !== tf.util.sizeFromShape(weights.mean.shape as number[])) {
      throw new ShapeError(
        `${this.#title}: it was adapted to ${mean.length} means, and the input wants [${weights.mean.shape}]`,
      );
    }
    tf.tidy(() => {
      const shape = weights.mean.shape as number[];
      weights.mean.write(tf.tensor(Float32Array.from(mean), shape));
      weights.variance.write(tf.tensor(Float32Array.from(variance), shape));
      weights.count.write(tf.scalar(count, 'int32'));
    });
  }
}

/** Lists of numbers in memory as arrays, which a config can hold. */
function listed(values: Values | undefined): Values | undefined {
  if (isTyped(values)) return Array.from(values);
  return Array.isArray(values) ? (values.map(listed) as number[]) : values;
}

/** @throws OptionError for one of them without the other, or of other shapes. */
function checkGiven(title: string, mean: Values | undefined, variance: Values | undefined) {
  if (mean === undefined && variance === undefined) return undefined;
  if (mean === undefined || variance === undefined) {
    throw new OptionError(`${title}: mean and variance must be given both or not at all`);
  }
  const [ofMean, ofVariance] = [shapeOf(mean), shapeOf(variance)];
  const flat = (values: Values) => [values].flat(Number.POSITIVE_INFINITY) as number[];
  const isShared = ofMean !== undefined && ofVariance !== undefined && `${ofMean}` === `${ofVariance}`;
  if (
    !isShared ||
    ![...flat(mean), ...flat(variance)].every((value) => Number.isFinite(value)) ||
    flat(variance).some((value) => value < 0)
  ) {
    throw new OptionError(
      `${title}: mean and variance must be finite numbers of one shape, variance not negative, got ${JSON.stringify({ mean, variance })}`,
    );
  }
  return { mean, variance };
}

/** Mean and variance in the sizes of the axes. */
function broadcast(
  title: string,
  { mean, variance }: { mean: Values; variance: Values },
  sizes: number[],
): tf.Tensor[] {
  return [mean, variance].map((values) =>
    tf.tidy(() => {
      const tensor = tf.tensor(values as number[], undefined, 'float32');
      const missing = sizes.length - tensor.rank;
      const shape = [...new Array<number>(Math.max(missing, 0)).fill(1), ...tensor.shape];
      if (missing < 0 || shape.some((size, axis) => size !== 1 && size !== sizes[axis])) {
        throw new ShapeError(
          `${title}: mean and variance must broadcast to the sizes of axis, [${sizes}], got shape [${tensor.shape}]`,
        );
      }
      return tf.broadcastTo(tf.reshape(tensor, shape), sizes);
    }),
  );
}

registerOwn(Normalization);
