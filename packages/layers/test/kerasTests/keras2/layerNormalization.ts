/** layer_normalization_test.py of tf.keras 2, what it has beyond that of Keras 3. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { LayerNormalization, type LayerNormalizationArguments } from '../../../src/index.js';
import { expectClose } from '../../support/compare.js';
import { agrees, combinations, type KerasTest, otherwise } from '../kerasTest.js';
import { layerNormBackward, layerNormForward } from '../layerNormNumbers.js';
import { layerTest } from '../layerTest.js';
import { apply, expectStandard, normal, over, standardized, valuesOf } from '../numbers.js';

const layer = (args: LayerNormalizationArguments) => (more?: object) =>
  new LayerNormalization({ ...args, ...more });
const built = <T extends tf.layers.Layer>(norm: T): T => {
  norm.build([null, 3, 4]);
  return norm;
};
const counts = (norm: tf.layers.Layer) => [norm.trainableWeights.length, norm.weights.length];
const constraintsOf = (norm: tf.layers.Layer) =>
  norm.trainableWeights.map((weight) =>
    (weight as unknown as { constraint: { getClassName(): string } }).constraint.getClassName(),
  );

/** After `fit` the model predicts mean 0 and variance 1, but for gamma and beta. */
async function learns(shape: number[]): Promise<void> {
  const model = tf.sequential({ layers: [new LayerNormalization({ inputShape: shape })] });
  model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
  const x = normal([320, ...shape]);
  await model.fit(x, x, { epochs: 4, verbose: 0 });
  const [gamma, beta] = model.getWeights();
  const y = tf.div(tf.sub(model.predict(x) as tf.Tensor, beta!), gamma!);
  expectClose(valuesOf(y), standardized(x, over([-1])), 1e-3);
}

const forward = {
  sizes: [
    { shape: [4, 3], axis: [0] },
    { shape: [3, 4], axis: [1] },
    { shape: [4, 3, 2], axis: [0] },
    { shape: [2, 4, 2], axis: [1] },
    { shape: [2, 3, 4], axis: [2] },
    { shape: [2, 3, 2], axis: [0, 2] },
    { shape: [2, 2, 2, 2], axis: [1, 3] },
    { shape: [2, 2, 2, 2], axis: [2, 3] },
    { shape: [2, 3, 4, 5], axis: [3] },
  ],
  epsilon: [1e-12, 1e-3],
};
const backward = { ...forward, sizes: [0, 3, 4, 5, 6, 7].map((i) => forward.sizes[i]!) };

const refusesDtype = (dtype: string) =>
  expect(() => new LayerNormalization({ dtype: dtype as never })).toThrow(
    `LayerNormalization: dtype must be float32, got "${dtype}"`,
  );

export const layerNormalization: readonly KerasTest[] = [
  agrees(
    'test_non_fused_layernorm',
    'the layer test over axes that are not the last ones',
    combinations({ axis: [[-2], [-3, -2], [-3, -1]] }, ({ axis }) =>
      layerTest(layer({ axis: axis! }), {
        ...{ shape: axis!.length === 1 ? [3, 4, 2] : [2, 8, 8, 3], trainable: 2, nonTrainable: 0 },
      }),
    ),
  ),
  agrees('test_layernorm_weights', 'numbers of weights with and without gamma and beta', {
    without: () => expect(counts(built(layer({ scale: false, center: false })()))).toEqual([0, 0]),
    with: () => expect(counts(built(layer({})()))).toEqual([2, 2]),
  }),
  agrees('test_layernorm_regularization', 'terms of the loss, and constraints of gamma and beta', {
    regularizers: () =>
      expect(built(layer({ gammaRegularizer: 'l1l2', betaRegularizer: 'l1l2' })()).losses.length).toBe(2),
    constraints: () => {
      const norm = built(layer({ gammaConstraint: 'maxNorm', betaConstraint: 'maxNorm' })());
      expect(constraintsOf(norm)).toEqual(['MaxNorm', 'MaxNorm']);
    },
  }),
  agrees('test_layernorm_convnet_channel_last', 'a model of images learns to standardize', {
    '[4, 4, 3]': () => learns([4, 4, 3]),
  }),
  otherwise(
    'cannot be',
    'test_layernorm_ragged_tensor',
    'a ragged tensor of rows of two, one and one',
    'TensorFlow.js has no ragged tensors: padded rows, of which each position is normalized by itself',
    {
      'padded rows': () => {
        const rows = [3, 1, 1, 4, 1, 1, 5, 9, 1, 0, 0, 0, 1, 2, 1, 0, 0, 0];
        const y = apply(new LayerNormalization(), tf.tensor(rows, [3, 2, 3]));
        const alone = apply(new LayerNormalization(), tf.tensor([5, 9, 1], [1, 1, 3]));
        expect(valuesOf(y).slice(6, 9)).toEqual(valuesOf(alone));
      },
    },
  ),
  agrees('test_layernorm_correctness', 'a model learns to standardize', {
    '[2, 2, 2]': () => learns([2, 2, 2]),
  }),
  otherwise(
    'cannot be',
    'test_layernorm_mixed_precision',
    'the same in float16',
    'TensorFlow.js has no float16: the dtype is refused by name; mixed_float16 is computed in float32',
    { float16: () => refusesDtype('float16') },
  ),
  agrees('testInvalidAxis', 'an axis outside of the rank is refused by build', {
    'axis 3 of rank 3': () =>
      expect(() => layer({ axis: 3 })().build([2, 2, 2])).toThrow('axis must be in [-3, 3)'),
  }),
  agrees('testDuplicateAxis', 'an axis given twice is refused by build', {
    '[-1, -1]': () => expect(() => layer({ axis: [-1, -1] })().build([2, 2, 2])).toThrow('and none twice'),
  }),
  otherwise(
    'differs',
    'testFusedAttr',
    'the layer chooses a fused kernel for the last axes',
    'the kernels are fused always; other axes cost two transpositions',
    {
      '[-2, -1]': () => {
        const x = normal([2, 2, 2]);
        const y = apply(new LayerNormalization({ axis: [-2, -1] }), x);
        expectStandard(y, over([-2, -1]), 0.01);
      },
    },
  ),
  agrees(
    'test_forward',
    'numbers in float32, by shape, axes and epsilon, with gamma and beta that differ at each place',
    combinations(forward, ({ sizes, epsilon }) => layerNormForward(sizes!.shape, sizes!.axis, epsilon!)),
  ),
  agrees(
    'test_backward',
    'gradients in x, gamma and beta against differences in float64, by shape, axes and epsilon',
    combinations(backward, ({ sizes, epsilon }) => layerNormBackward(sizes!.shape, sizes!.axis, epsilon!)),
  ),
  otherwise(
    'cannot be',
    'test_forward',
    'the same, forward and backward, in float64 and in float16',
    'TensorFlow.js computes in float32: other dtypes are refused by name',
    { float64: () => refusesDtype('float64'), float16: () => refusesDtype('float16') },
  ),
];
