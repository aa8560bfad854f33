/** What the layers have in common: gamma and beta as Keras makes and saves them. */
import { checkBoolean, checkEpsilon } from '@bn/core/options';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import './graph/hooks.js';
import { followModels } from './graph/trainable.js';
import {
  type Constraint,
  type Identifier,
  type Initializer,
  type Regularizer,
  resolveConstraint,
  resolveInitializer,
  resolveRegularizer,
  serialize,
} from './kerasObjects.js';
import { checkArguments, type LayerArguments, titleOf, type Unsupported } from './layerArguments.js';
import { ownMark } from './ownFiles.js';

/** Arguments of a layer with gamma and beta, by the names and with the defaults of Keras. */
export interface AffineArguments extends LayerArguments {
  /** Added to the variance under the root; positive (BatchNormalization that only infers: or 0). Default 1e-3. */
  epsilon?: number;
  /** Add beta. Default true. */
  center?: boolean;
  /** Multiply by gamma. Default true. */
  scale?: boolean;
  /** Default 'zeros'. */
  betaInitializer?: Identifier<Initializer>;
  /** Default 'ones'. */
  gammaInitializer?: Identifier<Initializer>;
  betaRegularizer?: Identifier<Regularizer>;
  gammaRegularizer?: Identifier<Regularizer>;
  betaConstraint?: Identifier<Constraint>;
  gammaConstraint?: Identifier<Constraint>;
}

const affineKeys = [
  ...['epsilon', 'center', 'scale', 'betaInitializer', 'gammaInitializer'],
  ...['betaRegularizer', 'gammaRegularizer', 'betaConstraint', 'gammaConstraint'],
];

function checkParameter(layer: string, name: 'beta' | 'gamma', initial: string, args: AffineArguments) {
  return {
    initializer: resolveInitializer(layer, `${name}Initializer`, args[`${name}Initializer`] ?? initial)!,
    regularizer: resolveRegularizer(layer, `${name}Regularizer`, args[`${name}Regularizer`]),
    constraint: resolveConstraint(layer, `${name}Constraint`, args[`${name}Constraint`]),
  };
}

export type Shape = (number | null)[];

/** A layer of one input with, as the options ask for them, gamma and beta. */
export abstract class AffineLayer<Arguments extends AffineArguments> extends tfl.layers.Layer {
  protected readonly epsilon: number;
  protected readonly center: boolean;
  protected readonly scale: boolean;
  protected gamma: tfl.LayerVariable | undefined;
  protected beta: tfl.LayerVariable | undefined;
  /** The arguments, checked, without those that were null. */
  protected readonly args: Arguments;
  readonly #parameters: Record<'beta' | 'gamma', ReturnType<typeof checkParameter>>;

  /** @throws OptionError that names the option, what it got and what to do. */
  protected constructor(
    protected readonly layerClass: string,
    args: Arguments | undefined,
    keys: readonly string[],
    unsupported?: Unsupported,
    allowsZeroEpsilon = false,
  ) {
    const title = titleOf(layerClass, args?.name);
    const checked = checkArguments(layerClass, args, [...affineKeys, ...keys], unsupported);
    super(checked);
    followModels(this);
    this.supportsMasking = true;
    this.args = checked;
    this.epsilon = checkEpsilon(title, checked.epsilon ?? 1e-3, allowsZeroEpsilon);
    this.center = checkBoolean(title, 'center', checked.center, true);
    this.scale = checkBoolean(title, 'scale', checked.scale, true);
    this.#parameters = {
      beta: checkParameter(title, 'beta', 'zeros', checked),
      gamma: checkParameter(title, 'gamma', 'ones', checked),
    };
  }

  /** In errors. */
  protected get title(): string {
    return titleOf(this.layerClass, this.name);
  }

  /** Makes gamma and beta, in Keras' order. */
  protected buildAffine(shape: number[]): void {
    if (this.scale) this.buildParameter('gamma', shape);
    if (this.center) this.buildParameter('beta', shape);
  }

  protected buildParameter(name: 'beta' | 'gamma', shape: number[]): void {
    const { initializer, regularizer, constraint } = this.#parameters[name];
    this[name] = this.addWeight(name, shape, 'float32', initializer, regularizer, true, constraint);
  }

  /** Options of core's functions that the weights and epsilon are. */
  protected affineOptions() {
    return { gamma: this.gamma?.read(), beta: this.beta?.read(), epsilon: this.epsilon };
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { beta, gamma } = this.#parameters;
    return {
      ...super.getConfig(),
      ...ownMark,
      epsilon: this.epsilon,
      center: this.center,
      scale: this.scale,
      betaInitializer: serialize(beta.initializer),
      gammaInitializer: serialize(gamma.initializer),
      betaRegularizer: serialize(beta.regularizer),
      gammaRegularizer: serialize(gamma.regularizer),
      betaConstraint: serialize(beta.constraint),
      gammaConstraint: serialize(gamma.constraint),
    };
  }
}

/** The one input of a layer, in float32, in which Keras computes too. */
export function onlyInput(layer: string, inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  const x = Array.isArray(inputs) && inputs.length === 1 ? inputs[0]! : inputs;
  if (Array.isArray(x)) throw new TypeError(`${layer}: takes one input, got ${x.length}`);
  return x.dtype === 'float32' ? x : tf.cast(x, 'float32');
}
