/** The checks that Keras runs on every layer. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';

type Layer = tf.layers.Layer;
type LayerClass = tf.serialization.SerializableConstructor<Layer>;

export interface Expected {
  readonly shape: number[];
  /** Other than the shape of the input. */
  readonly outputShape?: number[];
  /** Default: normal values. */
  readonly input?: () => tf.Tensor;
  readonly trainable: number;
  readonly nonTrainable: number;
  /** Terms of regularizers. Default 0. */
  readonly losses?: number;
  /** Default true. */
  readonly supportsMasking?: boolean;
  readonly training?: boolean;
  /** Whether the layer hands a gradient to its input. Default true. */
  readonly hasGradient?: boolean;
}

/** As from a file: through text. */
export function remade(layer: Layer): Layer {
  const Class = layer.constructor as LayerClass & { fromConfig(cls: LayerClass, config: object): Layer };
  return Class.fromConfig(Class, JSON.parse(JSON.stringify(layer.getConfig())));
}

/**
 * Config there and back, masking, numbers of weights, shapes of a symbolic and of a real call, terms of the loss, and one step of
 * training.
 */
export async function layerTest(make: (args?: object) => Layer, expected: Expected): Promise<void> {
  const { shape, outputShape = shape, trainable, nonTrainable, losses = 0, hasGradient = true } = expected;
  const original = make();
  // tf.layers' Embedding says more of itself after it was read than before.
  expect(remade(original).getConfig()).toMatchObject(original.getConfig());
  expect(original.supportsMasking).toBe(expected.supportsMasking ?? true);

  const expectWeights = (layer: Layer) => {
    expect(layer.built).toBe(true);
    expect(layer.trainableWeights.length).toBe(trainable);
    expect(layer.nonTrainableWeights.length).toBe(nonTrainable);
    for (const weight of layer.getWeights()) expect(['float32', 'int32']).toContain(weight.dtype);
  };
  const input = tf.input({ batchShape: shape });
  const symbolic = make();
  const output = symbolic.apply(input) as tf.SymbolicTensor;
  expectWeights(symbolic);
  expect(output.shape).toEqual(outputShape);
  expect(symbolic.computeOutputShape(shape)).toEqual(outputShape);

  const x = (expected.input ?? (() => tf.randomNormal(shape, 1, 2, 'float32', 1)))();
  const call = (layer: Layer, input: tf.Tensor) =>
    layer.apply(input, { training: expected.training ?? false }) as tf.Tensor;
  const eager = make();
  const y = call(eager, x);
  expectWeights(eager);
  expect(y.shape).toEqual(outputShape);
  expect(y.dtype).toBe('float32');
  expect(eager.losses.length).toBe(losses);
  // The variables of tf.grad are tensors; those of a model must be trained.
  if (hasGradient) expectFinite(tf.grad((values) => tf.sum(call(eager, values)))(x));

  // tfjs gives single numbers an axis when it trains on them.
  await expectTraining(make(), x.rank === 1 ? tf.expandDims(x, 1) : x);
}

/** One step of SGD on the layer between its input and a dense layer leaves finite weights. */
async function expectTraining(layer: Layer, x: tf.Tensor): Promise<void> {
  if (x.size === 0) return;
  const input = tf.input({ batchShape: x.shape });
  const dense = tf.layers.dense({ units: 1 });
  const model = tf.model({
    inputs: input,
    outputs: dense.apply(layer.apply(input) as tf.SymbolicTensor) as tf.SymbolicTensor,
  });
  model.compile({ optimizer: 'sgd', loss: (_, y) => tf.sum(y) });
  await model.trainOnBatch(x, tf.zeros([x.shape[0]!, ...model.outputs[0]!.shape.slice(1)] as number[]));
  for (const weight of layer.getWeights()) expectFinite(weight);
}

export function expectFinite(tensor: tf.Tensor): void {
  for (const value of tensor.dataSync()) expect(Number.isFinite(value)).toBe(true);
}
