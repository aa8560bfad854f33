/** The tests of tf.keras 2 of Layer-, Group-, Spectral- and UnitNormalization, what they have beyond those of Keras 3. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import {
  GroupNormalization,
  LayerNormalization,
  type LayerNormalizationArguments,
  SpectralNormalization,
  UnitNormalization,
} from '../../src/index.js';
import { expectClose } from '../support/compare.js';
import { savedAndLoaded } from '../support/models.js';
import { agrees, combinations, type KerasTest, otherwise } from './kerasTest.js';
import { layerNormBackward, layerNormForward } from './layerNormNumbers.js';
import { expectFinite, layerTest, remade } from './layerTest.js';
import { apply, expectStandard, groupsOf, normal, over, standardized, valuesOf } from './numbers.js';

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

export const tfKerasLayerNormalization: readonly KerasTest[] = [
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

const group = (args: object) => built(new GroupNormalization({ groups: 1, ...args }));
const values = [-1, -1, 1, 1, 2, 2, 0, -2];
const plain = { scale: false, center: false };

/** A mask changes nothing. */
function ignoresMask(shape: number[], groups: number, mask: number[]): void {
  const x = tf.tensor(values, shape);
  const y = apply(new GroupNormalization({ groups, ...plain }), x, { mask: tf.tensor(mask, shape) });
  expectClose(valuesOf(y), standardized(x, groupsOf(groups, shape.at(-1)!, -1)), 1e-5);
}
const takesNoMask =
  'as in Keras 3, a GroupNormalization takes no mask: all values count. For statistics without padding use BatchNormalization';

const affine = (args: object, scale: number, offset: number) => () => {
  const x = tf.tensor(values, [1, 8]);
  const y = apply(new GroupNormalization({ groups: 2, ...args }), x);
  const expected = standardized(x, groupsOf(2, 8, -1)).map((value) => value * scale + offset);
  expectClose(valuesOf(y), expected, 1e-5);
};

export const tfKerasGroupNormalization: readonly KerasTest[] = [
  agrees('test_trainable_weights', 'numbers of weights with and without gamma and beta', {
    without: () => expect(counts(group(plain))).toEqual([0, 0]),
    with: () => expect(counts(group({}))).toEqual([2, 2]),
  }),
  otherwise('differs', 'test_correctness_1d_with_mask', 'a mask leaves values of a group out', takesNoMask, {
    '1 group': () => ignoresMask([1, 8], 1, [1, 1, 1, 0, 0, 0, 0, 0]),
    '2 groups': () => ignoresMask([1, 8], 2, [1, 1, 1, 1, 0, 1, 0, 1]),
  }),
  otherwise('differs', 'test_correctness_1d_with_non_binary_mask', 'a mask of weights', takesNoMask, {
    '1 group': () => ignoresMask([1, 8], 1, [0.5, 0.5, 1, 0, 0, 0, 0, 0]),
  }),
  otherwise('differs', 'test_correctness_2d_with_mask', 'the same for sequences', takesNoMask, {
    '1 group': () => ignoresMask([1, 2, 4], 1, [1, 1, 0, 0, 1, 0, 0, 0]),
    '2 groups': () => ignoresMask([1, 2, 4], 2, [1, 1, 0, 1, 1, 1, 0, 1]),
  }),
  otherwise('differs', 'test_mask_broadcasting', 'a mask of the positions broadcasts', takesNoMask, {
    '[1, 2, 4, 1]': () => {
      const mask = tf.zeros([1, 2, 4, 1]);
      const y = apply(new GroupNormalization({ groups: 3, ...plain }), tf.ones([1, 2, 4, 3]), { mask });
      expect(valuesOf(y)).toEqual(new Array(24).fill(0));
    },
  }),
  agrees('test_correctness_with_centering', 'numbers with a beta of 10', {
    '2 groups': affine({ scale: false, betaInitializer: tf.initializers.constant({ value: 10 }) }, 1, 10),
  }),
  agrees('test_correctness_with_scaling', 'numbers with a gamma of 2', {
    '2 groups': affine({ center: false, gammaInitializer: tf.initializers.constant({ value: 2 }) }, 2, 0),
  }),
  agrees('test_rejects_invalid_axis', 'the axis of the batch is refused', {
    'axis 0': () =>
      expect(() => new GroupNormalization({ groups: 1, axis: 0 }).build([4, 4, 4])).toThrow(
        'GroupNormalization: axis must not be the batch axis, got 0',
      ),
  }),
];

const spectral = (inner: tf.layers.Layer, more: object = {}) =>
  new SpectralNormalization({ layer: inner, ...more }) as unknown as tf.layers.Layer;

/** By name: what makes the layer, the shape of its input, and that of its output. */
const inside: Record<string, [make: () => tf.layers.Layer, shape: number[], output: number[]]> = {
  Dense: [() => tf.layers.dense({ units: 2 }), [3, 2], [3, 2]],
  Conv2D: [() => tf.layers.conv2d({ filters: 3, kernelSize: 2, padding: 'same' }), [4, 4, 3], [4, 4, 3]],
  Embedding: [() => tf.layers.embedding({ inputDim: 2, outputDim: 10 }), [2], [2, 10]],
};
const ofInside = (run: (make: () => tf.layers.Layer, shape: number[], output: number[]) => unknown) =>
  Object.fromEntries(Object.entries(inside).map(([name, args]) => [name, () => run(...args)]));

const names = (norm: tf.layers.Layer) =>
  norm.weights.map(({ originalName }) => originalName.replace(/^.*\//, ''));

async function fits(make: () => tf.layers.Layer, shape: number[], output: number[]): Promise<void> {
  const norm = spectral(make(), { inputShape: shape });
  const model = tf.sequential({ layers: [norm, tf.layers.activation({ activation: 'relu' })] });
  model.compile({ optimizer: tf.train.rmsprop(0.001), loss: 'meanSquaredError' });
  const x = tf.randomUniform([2, ...shape], 0, 1, 'float32', 1);
  await model.fit(x, tf.randomUniform([2, ...output], 0, 1, 'float32', 2), { epochs: 3, verbose: 0 });
  expect(names(norm)).toContain('vector_u');
  for (const weight of norm.getWeights()) expectFinite(weight);
}

export const tfKerasSpectralNormalization: readonly KerasTest[] = [
  agrees('test_from_to_config', 'the config keeps the power iterations', {
    '3': () =>
      expect(
        remade(spectral(tf.layers.dense({ units: 1 }), { powerIterations: 3 })).getConfig().powerIterations,
      ).toBe(3),
  }),
  otherwise(
    'in another form',
    'test_save_load_model',
    'a model comes back with the same config from HDF5, SavedModel and .keras',
    'TensorFlow.js saves a model.json; the weights come back too',
    {
      'model.json': async () => {
        const norm = spectral(tf.layers.dense({ units: 1 }), { inputShape: [1] });
        const model = tf.sequential({ layers: [norm] });
        const loaded = await savedAndLoaded(model);
        expect(loaded.layers[0]!.getConfig()).toMatchObject(norm.getConfig());
        expect(loaded.getWeights().map(valuesOf)).toEqual(model.getWeights().map(valuesOf));
      },
    },
  ),
  agrees(
    'test_normalization',
    'the kernel stays in inference; training divides it by its largest singular value',
    {
      'a kernel of twos': () => {
        const kernelInitializer = tf.initializers.constant({ value: 2 });
        const norm = spectral(tf.layers.conv2d({ filters: 1, kernelSize: 2, kernelInitializer }));
        const kernel = () => valuesOf(norm.trainableWeights[0]!.read());
        apply(norm, tf.ones([1, 2, 2, 1]), { training: false });
        expect(kernel()).toEqual([2, 2, 2, 2]);
        apply(norm, tf.ones([1, 2, 2, 1]), { training: true });
        expectClose(kernel(), [0.5, 0.5, 0.5, 0.5], 1e-6);
      },
    },
  ),
  agrees('test_no_layer', 'a tensor in the place of the layer is refused', {
    'a tensor': () =>
      expect(() => spectral(tf.ones([2, 4, 43]) as never)).toThrow(
        'SpectralNormalization: layer must be a layer of tf.layers, got object',
      ),
  }),
  agrees('test_no_kernel', 'a layer without a kernel is refused by build', {
    MaxPooling2D: () =>
      expect(() => spectral(tf.layers.maxPooling2d({ poolSize: 2 })).build([null, 2, 2, 1])).toThrow(
        'layer must have one kernel, got a MaxPooling2D',
      ),
  }),
  agrees(
    'test_model_build',
    'a model of the layer has its vector; by layer inside',
    ofInside((make, shape) => {
      const norm = spectral(make(), { inputShape: shape });
      tf.sequential({ layers: [norm] });
      expect(names(norm)).toContain('vector_u');
    }),
  ),
  agrees('test_model_fit', 'a model of the layer is trained; by layer inside', ofInside(fits)),
];

export const tfKerasUnitNormalization: readonly KerasTest[] = [
  agrees('testInvalidAxis', 'an axis outside of the rank is refused by build', {
    'axis 3 of rank 3': () =>
      expect(() => new UnitNormalization({ axis: 3 }).build([2, 2, 2])).toThrow('axis must be in [-3, 3)'),
  }),
  otherwise(
    'differs',
    'testInvalidAxis',
    'no axis (None) is refused',
    'null stands for an option that is left out, as in files, and means -1',
    {
      null: () => expect(new UnitNormalization({ axis: null as never }).getConfig().axis).toBe(-1),
    },
  ),
];
