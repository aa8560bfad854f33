import { OptionError } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type Keywords, type Layer, toList } from './graph/calls.js';
import './graph/hooks.js';
import { checkTraining } from './graph/training.js';
import { checkArguments, type LayerArguments, titleOf } from './layerArguments.js';
import type { Shape } from './normalizationLayer.js';
import { registerOwn } from './ownFiles.js';

/** Arguments of `SpectralNormalization`. */
export interface SpectralNormalizationArguments extends LayerArguments {
  /** The layer whose kernel is normalized: dense, convolutions (not separable ones), Embedding. */
  layer: Layer;
  /** Steps of the power iteration in each training step, at least 1. Default 1. */
  powerIterations?: number;
}

/** The class behind tf.layers' TimeDistributed and Bidirectional, which is not exported. */
const Wrapper = Object.getPrototypeOf(
  tf.serialization.SerializationMap.getMap().classNameMap.TimeDistributed![0],
) as abstract new (
  args: LayerArguments & { layer: Layer },
) => Layer & { layer: Layer };

const layerClass = 'SpectralNormalization';

/** tfjs keeps the weight of a layer under one of these names; they are protected there. */
const kernelNames = ['kernel', 'embeddings', 'depthwiseKernel'] as const;

const unit = (vector: tf.Tensor): tf.Tensor => {
  const norm = tf.norm(vector);
  return tf.div(vector, tf.where(tf.equal(norm, 0), tf.onesLike(norm), norm));
};

/**
 * keras.layers.SpectralNormalization: a layer whose kernel W, `[..., units]` as a matrix of rows and units, is divided by its largest
 * singular value. In each training step (model.fit, or `training: true`) the value is estimated by power iterations from a vector u,
 *
 * v = u W^T / |u W^T|, u = v W / |v W|, sigma = v W u^T,
 *
 * and W / sigma becomes the kernel, as in Keras, where the gradient is that of the normalized kernel. Inference uses the kernel as it
 * stands. A kernel of zeros stays. Weights: `vector_u` `[1, units]`, and those of the layer. Masks end here, as in Keras.
 *
 * Miyato et al., "Spectral Normalization for Generative Adversarial Networks" (2018).
 */
export class SpectralNormalization extends Wrapper {
  /** @nocollapse */
  static readonly className: string = layerClass;
  readonly #powerIterations: number;
  #vectorU: tfl.LayerVariable | undefined;

  /** @throws OptionError that names the option, what it got and what to do. */
  constructor(args: SpectralNormalizationArguments) {
    const title = titleOf(layerClass, args?.name);
    const checked = checkArguments(layerClass, args, ['layer', 'powerIterations']);
    if (!(checked.layer instanceof tfl.layers.Layer)) {
      throw new OptionError(`${title}: layer must be a layer of tf.layers, got ${typeof checked.layer}`);
    }
    super(checked);
    const iterations = checked.powerIterations ?? 1;
    if (!Number.isInteger(iterations) || iterations < 1) {
      throw new OptionError(`${title}: powerIterations must be an integer of at least 1, got ${iterations}`);
    }
    this.#powerIterations = iterations;
  }

  override build(inputShape: Shape | Shape[]): void {
    if (!this.layer.built) {
      this.layer.build(inputShape);
      this.layer.built = true;
      // tfjs sets the weights that a layer was given when it is applied, which a wrapper does not do.
      const { initialWeights } = this.layer as unknown as { initialWeights?: tf.Tensor[] | null };
      if (initialWeights != null) this.layer.setWeights(initialWeights);
    }
    const initializer = tfl.initializers.truncatedNormal({ stddev: 0.02 });
    const units = this.#kernel().shape.at(-1)!;
    this.#vectorU = this.addWeight('vector_u', [1, units], 'float32', initializer, undefined, false);
    super.build(inputShape);
  }

  override get nonTrainableWeights(): tfl.LayerVariable[] {
    return [...(this.#vectorU === undefined ? [] : [this.#vectorU]), ...this.layer.nonTrainableWeights];
  }

  override getWeights(): tf.Tensor[] {
    return tfl.layers.Layer.prototype.getWeights.call(this);
  }

  override setWeights(weights: tf.Tensor[]): void {
    tfl.layers.Layer.prototype.setWeights.call(this, weights);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return this.layer.computeOutputShape(inputShape);
  }

  override call(inputs: tf.Tensor | tf.Tensor[], keywords: Keywords): tf.Tensor | tf.Tensor[] {
    return tf.tidy(() => {
      if (checkTraining(this.#title, keywords.training)) this.#normalize();
      return this.layer.call(toList(inputs), keywords);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), powerIterations: this.#powerIterations };
  }

  /** In errors. */
  get #title(): string {
    return titleOf(layerClass, this.name);
  }

  #kernel(): tfl.LayerVariable {
    const weights = this.layer as unknown as Record<string, tfl.LayerVariable | undefined>;
    const isSeparable = weights.pointwiseKernel !== undefined;
    const name = isSeparable ? undefined : kernelNames.find((key) => weights[key]?.shape !== undefined);
    if (name !== undefined) return weights[name]!;
    throw new OptionError(
      `${this.#title}: layer must have one kernel, got a ${this.layer.getClassName()}; it is for dense layers, convolutions ` +
        'and Embedding',
    );
  }

  #normalize(): void {
    tf.tidy(() => {
      const kernel = this.#kernel();
      const w = tf.reshape(kernel.read(), [-1, kernel.shape.at(-1)!]) as tf.Tensor2D;
      let u = this.#vectorU!.read() as tf.Tensor;
      let v = u;
      for (let i = 0; i < this.#powerIterations; i++) {
        v = unit(tf.matMul(u as tf.Tensor2D, w, false, true));
        u = unit(tf.matMul(v as tf.Tensor2D, w));
      }
      const sigma = tf.sum(tf.mul(tf.matMul(v as tf.Tensor2D, w), u));
      // If the kernel is all zeros, or u does not see it, both stay as they are.
      const isSeen = tf.notEqual(sigma, 0);
      this.#vectorU!.write(tf.where(isSeen, u, this.#vectorU!.read()));
      kernel.write(tf.div(kernel.read(), tf.where(isSeen, sigma, tf.onesLike(sigma))));
    });
  }
}

registerOwn(SpectralNormalization as unknown as { className: string; fromConfig: unknown });
