/** Dilated layers, which tf.layers gives to fused convolutions, train with every activation, on wasm and on other backends. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import '../src/index.js';
import { expectClose, random } from './support/compare.js';

const activations = [
  ...(['linear', 'relu', 'relu6', 'elu', 'selu', 'sigmoid', 'hardSigmoid', 'softplus'] as const),
  ...(['softsign', 'tanh', 'softmax', 'swish', 'mish', 'gelu', 'gelu_new'] as const),
];
const tensor = (shape: number[], seed: number) =>
  tf.tensor(
    random(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    shape,
  );

/** The gradients of x, the filter and the bias: by the layer, or by convolution, sum and activation one after another. */
function gradients(activation: string, byLayer: boolean): number[][] {
  return tf.tidy(() => {
    const layer = tf.layers.conv2d({
      ...{ filters: 3, kernelSize: 2, dilationRate: 2, padding: 'same' as const },
      ...(byLayer && { activation: activation as 'relu' }),
    });
    const activate = tf.layers.activation({ activation: activation as 'relu' });
    const x = tensor([2, 5, 4, 2], 1) as tf.Tensor4D;
    layer.build([null, 5, 4, 2]);
    layer.setWeights([tensor([2, 2, 2, 3], 2), tensor([3], 3)]);
    const [filter, bias] = layer.trainableWeights.map((weight) => weight.read()) as [tf.Tensor4D, tf.Tensor];
    const dy = tensor([2, 5, 4, 3], 4);
    const forward = (x: tf.Tensor4D): tf.Tensor =>
      byLayer
        ? (layer.apply(x) as tf.Tensor)
        : (activate.apply(tf.add(tf.conv2d(x, filter, 1, 'same', 'NHWC', 2), bias)) as tf.Tensor);
    const dx = tf.grad((x) => tf.sum(tf.mul(forward(x as tf.Tensor4D), dy)))(x);
    const { grads } = tf.variableGrads(() => tf.sum(tf.mul(forward(x), dy)), [filter, bias] as tf.Variable[]);
    return [dx, ...Object.values(grads)].map((gradient) => [...gradient.dataSync()]);
  });
}

describe.each(['wasm', 'cpu'])('on %s', (backend) => {
  it.each(activations)('a dilated tf.layers.conv2d with %s', async (activation) => {
    await tf.setBackend(backend);
    await tf.ready();
    const [ours, composed] = [gradients(activation, true), gradients(activation, false)];
    expect(ours).toHaveLength(3);
    for (const [i, gradient] of ours.entries()) expectClose(gradient, composed[i]!);
  });
});

describe("a user's own gradient", () => {
  it.each(['wasm', 'cpu'])('stays around other operations on %s', async (backend) => {
    await tf.setBackend(backend);
    const double = tf.customGrad((x) => ({
      value: tf.relu(x as tf.Tensor),
      gradFunc: (dy: tf.Tensor) => tf.mul(dy, 2),
    }));
    expect([
      ...tf
        .grad((x) => double(x))(tf.tensor1d([-1, 1]))
        .dataSync(),
    ]).toEqual([2, 2]);
  });
});
