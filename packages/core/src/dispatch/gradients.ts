/**
 * Gradients of the kernels, registered with tfjs. The gradients of forward, normalize and moments run the backward
 * kernels; those of the backward kernels are composed of generic ops (composed.ts).
 *
 * Sergey Ioffe and Christian Szegedy, "Batch Normalization" (2015), section 3, gives the formulas.
 */
import * as tf from '@tensorflow/tfjs-core';
import { elementsPerStatistic, type NormalizationView } from '../view.js';
import { runBackward, runGradientSums, runInputGradient, runMoments } from './calls.js';
import { composedBackward, composedGradientSums, composedInputGradient } from './composed.js';
import {
  type KernelAttributes,
  type KernelName,
  kernelNames,
  kernelVariant,
  statisticsName,
} from './names.js';
import { keepingTape } from './tape.js';

type Gradients = Record<string, () => tf.Tensor>;
type Saved = Record<string, tf.Tensor>;

type Gradient = (dys: tf.Tensor[], saved: Saved, attributes: KernelAttributes) => Gradients;

/**
 * Registers one gradient under both of a kernel's names. `save` lists the inputs and `saveOutputs` the outputs that it
 * needs, which arrive by name; gamma is saved if there is one.
 */
function register(
  kernelName: KernelName,
  save: string[],
  saveOutputs: (string | null)[],
  gradient: Gradient,
): void {
  for (const withGamma of [false, true]) {
    const inputsToSave = withGamma ? [...save, 'gamma'] : save;
    registerAs(kernelVariant(kernelName, withGamma), inputsToSave, saveOutputs, gradient);
  }
}

function registerAs(
  kernelName: string,
  inputsToSave: string[],
  saveOutputs: (string | null)[],
  gradient: Gradient,
): void {
  const names = [...inputsToSave, ...saveOutputs.filter((name) => name !== null)];
  tf.registerGradient({
    kernelName,
    inputsToSave,
    outputsToSave: saveOutputs.map((name) => name !== null),
    gradFunc: (dy, tensors, attributes) => {
      const saved: Saved = {};
      for (let i = 0; i < names.length; i++) saved[names[i]!] = tensors[i]!;
      return gradient(Array.isArray(dy) ? dy : [dy], saved, attributes as unknown as KernelAttributes);
    },
  });
}

register(
  kernelNames.forward,
  ['x'],
  [null, 'mean', 'variance'],
  // Gradients that reach mean and variance are those of the step to the statistics, which is recorded by itself.
  ([dy], { x, mean, variance, gamma }, attributes) => {
    const { view } = attributes;
    if (view.centered && elementsPerStatistic(view) === 1) return singleElementGradient(dy!, x!, gamma, view);
    const [dx, dGamma, dBeta] = runBackward(dy!, x!, mean!, variance!, gamma, attributes);
    return { x: () => dx, gamma: () => dGamma, beta: () => dBeta };
  },
);

/**
 * If every statistic is over a single element, this is its own mean, and y is beta: dx and dGamma are exactly 0, of which the
 * kernels' formula would leave rounding errors times rstd, which is large here.
 */
function singleElementGradient(
  dy: tf.Tensor,
  x: tf.Tensor,
  gamma: tf.Tensor | undefined,
  { channels }: NormalizationView,
): Gradients {
  const inputs = gamma === undefined ? [dy, x] : [dy, x, gamma];
  return {
    x: () => zerosOf(x.shape, inputs),
    gamma: () => zerosOf([channels], inputs),
    // The channels are all that is left of x beside the batch.
    beta: () => tf.sum(tf.reshape(dy, [-1, channels]), 0),
  };
}

/** Zeros that the tape holds for a function of these inputs, so that gradients of gradients, which are 0 too, can be asked for. */
function zerosOf(shape: number[], inputs: tf.Tensor[]): tf.Tensor {
  const zeros = tf.customGrad((...args) => {
    const save = args.pop() as unknown as tf.GradSaveFunc;
    save(args as tf.Tensor[]);
    return {
      value: tf.zeros(shape),
      gradFunc: (_: tf.Tensor, saved: tf.Tensor[]) => saved.map((input) => tf.zerosLike(input)),
    };
  });
  return zeros(...inputs);
}

/**
 * dx = dMean / m + dVariance * 2 (x - mean) / m: the input gradient with dy = 0, variance + epsilon = 1,
 * sumDy = -dMean and sumDyXhat = -2 dVariance. The mean is computed again because tfjs does not differentiate through the
 * saved outputs of a kernel.
 */
function statisticsGradient(
  [dMean, dVariance]: tf.Tensor[],
  { x }: Saved,
  { view }: KernelAttributes,
): Gradients {
  const dx = () => {
    const [mean] = runMoments(x!, { view, epsilon: 1 });
    const sumDyXhat = tf.mul(dVariance!, -2);
    const attributes = { view, epsilon: 1 };
    const zeros = tf.zerosLike(mean);
    return runInputGradient(
      tf.zerosLike(x!),
      x!,
      mean,
      zeros,
      undefined,
      tf.neg(dMean!),
      sumDyXhat,
      attributes,
    );
  };
  return { x: dx };
}

register(kernelNames.moments, ['x'], [null, null], statisticsGradient);
registerAs(statisticsName, ['x'], [null, null], statisticsGradient);

/** sqrt(variance + epsilon), of the statistic's shape. */
const deviation = (variance: tf.Tensor, epsilon: number): tf.Tensor => tf.sqrt(tf.add(variance, epsilon));

/**
 * Gradients of normalization with given statistics: in x with the statistics held fixed, and in mean and variance as
 * separate variables.
 */
export function normalizeGradient(
  dy: tf.Tensor,
  { x, mean, variance, gamma }: Saved,
  attributes: KernelAttributes,
): Record<'x' | 'gamma' | 'beta' | 'mean' | 'variance', () => tf.Tensor> {
  const [dGamma, dBeta, sumDy, sumDyXhat] = runGradientSums(dy, x!, mean!, variance!, gamma, attributes);
  const zeros = tf.zerosLike(mean!);
  return {
    x: () => runInputGradient(dy, x!, mean!, variance!, gamma, zeros, zeros, attributes),
    gamma: () => dGamma,
    beta: () => dBeta,
    mean: () => tf.neg(tf.div(sumDy, deviation(variance!, attributes.epsilon))),
    variance: () => tf.div(tf.mul(sumDyXhat, -0.5), tf.add(variance!, attributes.epsilon)),
  };
}

register(kernelNames.normalize, ['x', 'mean', 'variance'], [null], ([dy], saved, attributes) =>
  normalizeGradient(dy!, saved, attributes),
);

/** Gradients of sum(outputs * dOutputs) in the named inputs, where `compute` is made of generic ops. */
function composedGradients(
  inputs: Saved,
  dOutputs: tf.Tensor[],
  compute: (inputs: Saved) => tf.Tensor[],
): Gradients {
  const names = Object.keys(inputs);
  const gradients = keepingTape(() =>
    tf.grads((...tensors: tf.Tensor[]) => {
      const outputs = compute(Object.fromEntries(names.map((name, i) => [name, tensors[i]!])));
      return tf.addN(outputs.map((output, i) => tf.sum(tf.mul(output, dOutputs[i]!))));
      // Clones have ids of their own. A saved tensor may have the id of its original, of which dOutputs are functions, too.
    })(Object.values(inputs).map((input) => tf.clone(input))),
  );
  return Object.fromEntries(names.map((name, i) => [name, () => gradients[i]!]));
}

register(
  kernelNames.gradientSums,
  ['dy', 'x', 'mean', 'variance'],
  [null, null, null, null],
  (dys, saved, { view, epsilon }) =>
    composedGradients(saved, dys, ({ dy, x, mean, variance, gamma }) =>
      composedGradientSums(dy!, x!, mean!, variance!, gamma, view, epsilon),
    ),
);

register(
  kernelNames.inputGradient,
  ['dy', 'x', 'mean', 'variance', 'sumDy', 'sumDyXhat'],
  [null],
  (dys, saved, { view, epsilon }) =>
    composedGradients(saved, dys, ({ dy, x, mean, variance, gamma, sumDy, sumDyXhat }) => [
      composedInputGradient(dy!, x!, mean!, variance!, gamma, sumDy!, sumDyXhat!, view, epsilon),
    ]),
);

register(
  kernelNames.backward,
  ['dy', 'x', 'mean', 'variance'],
  [null, null, null],
  (dys, { dy, x, mean, variance, gamma }, { view, epsilon }) => ({
    ...composedGradients({ dy: dy!, x: x!, ...(gamma && { gamma }) }, dys, (inputs) =>
      composedBackward(inputs.dy!, inputs.x!, inputs.gamma, view, epsilon),
    ),
    // Here mean and variance are functions of x, so the whole derivative is in x.
    mean: () => tf.zerosLike(mean!),
    variance: () => tf.zerosLike(variance!),
  }),
);
