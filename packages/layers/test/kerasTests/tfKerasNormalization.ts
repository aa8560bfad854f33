/** preprocessing/normalization_test.py of tf.keras 2, what it has beyond that of Keras 3. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { Normalization, type NormalizationArguments } from '../../src/index.js';
import { expectClose } from '../support/compare.js';
import { savedAndLoaded } from '../support/models.js';
import { agrees, combinations, type KerasTest, otherwise } from './kerasTest.js';
import { layerTest } from './layerTest.js';
import { apply, type GroupOf, momentsOf, valuesOf } from './numbers.js';

type Data = Parameters<Normalization['adapt']>[0];
type Axis = number | number[] | null;

const given = (args: NormalizationArguments, x: tf.Tensor) => valuesOf(apply(new Normalization(args), x));
const column = (values: number[]) => tf.tensor(values, [values.length, 1]);

async function adapted(data: Data, args: NormalizationArguments = {}): Promise<Normalization> {
  const norm = new Normalization(args);
  await norm.adapt(data);
  return norm;
}

interface Computation {
  readonly shape: number[];
  readonly values: number[];
  readonly dtype?: 'int32';
  readonly axis: Axis;
  readonly groupOf: GroupOf;
  /** If it is not the data. */
  readonly test?: { readonly shape: number[]; readonly values: number[] };
}

const five = [1, 2, 3, 4, 5];
const all: GroupOf = () => 'all';
const computations: Record<string, Computation> = {
  'a column': { shape: [5, 1], values: five, axis: -1, groupOf: all },
  integers: { shape: [5, 1], values: five, dtype: 'int32', axis: -1, groupOf: all },
  'a column, no axis': { shape: [5, 1], values: five, axis: null, groupOf: all },
  'a row, no axis': {
    ...{ shape: [1, 5], values: five, axis: null, groupOf: all },
    test: { shape: [3, 1], values: [1, 2, 3] },
  },
  'axis 1 of rank 3': {
    ...{ shape: [2, 2, 3], values: [1, 2, 3, 2, 3, 4, 3, 4, 5, 4, 5, 6], axis: 1 },
    groupOf: (index) => index[1]!,
  },
  'axes 1 and 2 of rank 3': {
    ...{ shape: [2, 2, 3], values: [1, 0, 3, 2, 3, 4, 3, -1, 5, 4, 5, 8], axis: [1, 2] },
    groupOf: ([, row, feature]) => `${row} ${feature}`,
  },
  zeros: { shape: [3, 4], values: new Array(12).fill(0), axis: -1, groupOf: (index) => index[1]! },
};

/** What a model of the adapted layer predicts, against float64. */
async function computes({ shape, values, dtype, axis, groupOf, test }: Computation, inDataset: boolean) {
  const x = tf.tensor(values, shape, dtype);
  const data = inDataset ? tf.data.array(x.arraySync() as number[][]).batch(1) : x;
  const norm = await adapted(data as Data, { axis });
  const wanted = tf.tensor((test ?? { values }).values, (test ?? { shape }).shape);
  const input = tf.input({ shape: wanted.shape.slice(1) });
  const model = tf.model({ inputs: input, outputs: norm.apply(input) as tf.SymbolicTensor });
  const moments = momentsOf(x, groupOf);
  const expected = valuesOf(wanted).map((value, flat) => {
    const index = wanted.shape.map((size, i) => Math.floor(flat / (wanted.strides[i] ?? 1)) % size);
    const { mean, variance } = moments.get(String(groupOf(index)))!;
    return (value - mean) / Math.max(Math.sqrt(variance), 1e-7);
  });
  expectClose(valuesOf(model.predict(wanted) as tf.Tensor), expected, 1e-6);
}

/** A model of the layer, which is made of data or of given statistics. */
async function model(isAdapted: boolean, args: NormalizationArguments = {}): Promise<tf.LayersModel> {
  const norm = isAdapted
    ? await adapted([[0], [2], [0], [2]], args)
    : new Normalization({ mean: 1, variance: 1, ...args });
  const input = tf.input({ shape: [1] });
  return tf.model({ inputs: input, outputs: norm.apply(input) as tf.SymbolicTensor });
}

async function saves(isAdapted: boolean, invert: boolean): Promise<void> {
  const original = await model(isAdapted, { invert });
  const loaded = await savedAndLoaded(original);
  const [x, y] = invert
    ? [
        [-1, 1, -1, 1],
        [0, 2, 0, 2],
      ]
    : [
        [0, 2, 0, 2],
        [-1, 1, -1, 1],
      ];
  for (const each of [original, loaded]) {
    expectClose(valuesOf(each.predict(column(x!)) as tf.Tensor), y!, 1e-6);
  }
}

const isAdapted = { adapted: [true, false] };
const savesModelJson = 'TensorFlow.js saves a model.json with its weights';

export const tfKerasNormalization: readonly KerasTest[] = [
  agrees('test_broadcasting_during_direct_setting', 'one mean for two features, and no weights', {
    'a list of one': () => {
      const norm = new Normalization({ axis: -1, mean: [1], variance: [1] });
      expect(valuesOf(apply(norm, tf.tensor([[1, 2]])))).toEqual([0, 1]);
      expect(norm.getWeights()).toEqual([]);
    },
  }),
  otherwise(
    'differs',
    'test_broadcasting_during_direct_setting_with_tensors',
    'mean and variance may be tensors',
    'they are numbers and lists, which the config keeps; tensors are refused',
    {
      'tensors of one': () =>
        expect(() =>
          given({ mean: tf.tensor([1]), variance: tf.tensor([1]) } as never, tf.ones([1, 2])),
        ).toThrow('Normalization: mean and variance must be finite numbers of one shape'),
    },
  ),
  agrees(
    'test_broadcasting_during_direct_setting_with_variables_fails',
    'variables in the place of numbers are refused',
    {
      variables: () =>
        expect(() =>
          given(
            { mean: tf.variable(tf.tensor([1])), variance: tf.variable(tf.tensor([2])) } as never,
            tf.ones([1, 2]),
          ),
        ).toThrow('Normalization: mean and variance must be finite numbers of one shape'),
    },
  ),
  agrees('test_1d_data', 'a list of numbers', {
    'four numbers': () =>
      expect(given({ mean: 1, variance: 1 }, tf.tensor([0, 2, 0, 2]))).toEqual([-1, 1, -1, 1]),
  }),
  agrees('test_0d_data', 'one number, without an axis', {
    '0': () => {
      const y = apply(new Normalization({ axis: null, mean: 1, variance: 1 }), tf.scalar(0));
      expect([y.shape, valuesOf(y)]).toEqual([[], [-1]]);
    },
  }),
  agrees('test_keeping_an_unknown_axis_fails', 'a kept axis of no fixed size is refused', {
    '[null]': () =>
      expect(() => new Normalization({ axis: -1 }).build([null])).toThrow('must have a fixed size'),
  }),
  agrees(
    'test_bad_axis_fail_build',
    'an axis outside of the rank is refused by build, alone and in a list',
    combinations({ axis: [3, -4, [1, 3], [1, -4]] }, ({ axis }) =>
      expect(() => new Normalization({ axis: axis! }).build([null, 2, 3])).toThrow('axis must be in [-3, 3)'),
    ),
  ),
  agrees('test_list_input', 'a list of numbers in the place of a tensor is refused', {
    '[1, 2, 3]': () => expect(() => new Normalization().apply([1, 2, 3] as never)).toThrow(),
  }),
  agrees('test_scalar_input', 'a scalar has no last axis, which is refused', {
    '1': () => expect(() => apply(new Normalization(), tf.scalar(1))).toThrow('axis must be in [-0, 0)'),
  }),
  otherwise(
    'cannot be',
    'test_output_dtype',
    'the output is float16 by the dtype of the layer, and float64 by a global policy',
    'TensorFlow.js computes in float32: other dtypes are refused by name, and there is no global policy',
    combinations({ dtype: ['float16', 'float64'] }, ({ dtype }) =>
      expect(() => new Normalization({ mean: 1, variance: 1, dtype: dtype as never })).toThrow(
        `Normalization: dtype must be float32, got "${dtype}"`,
      ),
    ),
  ),
  agrees('test_invert', 'the inverse layer gives the input back', {
    'four numbers': () => {
      const statistics = { mean: 2, variance: 4 };
      const y = given(statistics, tf.tensor([0, 4, 0, 4]));
      expect(given({ ...statistics, invert: true }, tf.tensor(y))).toEqual([0, 4, 0, 4]);
    },
  }),
  agrees('test_invert_adapt', 'the same after `adapt`', {
    'a column': async () => {
      const x = column([0, 4, 0, 4]);
      const [norm, inverse] = [await adapted(x, { axis: -1 }), await adapted(x, { axis: -1, invert: true })];
      expectClose(valuesOf(apply(inverse, apply(norm, x))), [0, 4, 0, 4], 1e-6);
    },
  }),
  agrees('test_layer_api_compatibility', 'the layer test, and numbers after `adapt`', {
    'three features': async () => {
      await layerTest((more?: object) => new Normalization({ axis: -1, ...more }), {
        ...{ shape: [2, 3], trainable: 0, nonTrainable: 3 },
      });
      const rows = [1, 2, 1, 2, 3, 4, 1, 2, 1, 2, 3, 4];
      const norm = await adapted(tf.tensor(rows, [4, 3]));
      const y = apply(norm, tf.tensor([3, 1, 2, 6, 5, 4], [2, 3]));
      expectClose(valuesOf(y), [3, -3, -1 / 3, 9, 5, 1], 1e-5);
    },
  }),
  agrees(
    'test_layer_computation',
    'numbers of a model of the adapted layer; by data, axis, and whether they come in a dataset',
    combinations({ data: Object.keys(computations), dataset: [false, true] }, ({ data, dataset }) =>
      computes(computations[data!]!, dataset!),
    ),
  ),
  agrees('test_1d_unbatched_adapt', 'a dataset of rows that is not batched', {
    'two rows': async () => {
      const rows = [
        [2, 0, 2, 0],
        [0, 2, 0, 2],
      ];
      const norm = await adapted(tf.data.array(rows) as never, { axis: -1 });
      const y = rows.map((row) => valuesOf(apply(norm, tf.tensor(row))));
      expect(y).toEqual([
        [1, -1, 1, -1],
        [-1, 1, -1, 1],
      ]);
    },
  }),
  otherwise(
    'differs',
    'test_0d_unbatched_adapt',
    'a dataset of numbers that is not batched',
    'a batch that is a number is refused, as Keras 3 refuses it of other iterables; batch the dataset',
    {
      'four numbers': async () => {
        const numbers = tf.data.array([2, 0, 2, 0]);
        await expect(adapted(numbers as never, { axis: null })).rejects.toThrow('got a batch of number');
        const norm = await adapted(numbers.batch(4) as never, { axis: null });
        expect(valuesOf(apply(norm, tf.tensor([2, 0])))).toEqual([1, -1]);
      },
    },
  ),
  agrees(
    'test_axis_permutations',
    'two axes in any order and counted from either end',
    combinations(
      {
        axis: [
          [1, 2],
          [2, 1],
          [1, -1],
          [-1, 1],
        ],
      },
      async ({ axis }) => {
        const x = tf.tensor([0, 1, 2, 0, 2, 6, 2, 3, 4, 3, 6, 10], [2, 2, 3]);
        const norm = await adapted(x, { axis: axis! });
        expectClose(valuesOf(apply(norm, x)), [-1, -1, -1, -1, -1, -1, 1, 1, 1, 1, 1, 1], 1e-6);
      },
    ),
  ),
  agrees(
    'test_model_summary_after_layer_adapt',
    'an adapted layer is the first of a Sequential, without an input shape',
    {
      'two dense layers behind it': async () => {
        const norm = await adapted(tf.tensor([0, 1, 2, 0, 2, 6, 2, 3, 4, 3, 6, 10], [2, 2, 3]));
        const sequential = tf.sequential({
          layers: [norm, tf.layers.dense({ units: 64, activation: 'relu' }), tf.layers.dense({ units: 1 })],
        });
        const lines: string[] = [];
        sequential.summary(undefined, undefined, (line) => lines.push(line as string));
        expect(lines.join('\n')).toContain('normalization_Normalization [[null,2,3]]');
        expect(norm.getWeights().map(({ shape }) => shape)).toEqual([[3], [3], []]);
      },
    },
  ),
  agrees('test_multiple_adapts', 'a second `adapt` replaces the first, in a model', {
    'integers, twice': async () => {
      const norm = await adapted([[0], [2], [0], [2]], { axis: -1 });
      const input = tf.input({ shape: [1], dtype: 'int32' });
      const two = tf.model({ inputs: input, outputs: norm.apply(input) as tf.SymbolicTensor });
      const predict = () => valuesOf(two.predict(tf.tensor([2, 2], [2, 1], 'int32')) as tf.Tensor);
      expect(predict()).toEqual([1, 1]);
      await norm.adapt([[2], [4], [2], [4]]);
      expect(predict()).toEqual([-1, -1]);
    },
  }),
  otherwise(
    'in another form',
    'test_saving_tf',
    'a SavedModel gives the same; adapted or not',
    savesModelJson,
    combinations(isAdapted, (chosen) => saves(chosen.adapted!, false)),
  ),
  otherwise(
    'in another form',
    'test_saving_keras',
    'a model gives the same from SavedModel, HDF5 and .keras; adapted or not',
    `${savesModelJson}: one format in the place of three`,
    combinations(isAdapted, (chosen) => saves(chosen.adapted!, false)),
  ),
  otherwise(
    'in another form',
    'test_saving_keras_invert',
    'the same of the inverse layer',
    `${savesModelJson}: one format in the place of three`,
    combinations(isAdapted, (chosen) => saves(chosen.adapted!, true)),
  ),
  agrees(
    'test_saved_weights_keras',
    'a model that is made again from the config takes the saved weights; adapted or not',
    combinations(isAdapted, async (chosen) => {
      const original = await model(chosen.adapted!);
      const topology = JSON.parse(original.toJSON() as string);
      const again = await tf.models.modelFromJSON({ modelTopology: topology });
      again.setWeights(original.getWeights());
      expect(valuesOf(again.predict(column([0, 2])) as tf.Tensor)).toEqual([-1, 1]);
    }),
  ),
];
