/** The part of preprocessing/normalization_test.py of tf.keras 2 about models. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { Normalization, type NormalizationArguments } from '../../../src/index.js';
import { expectClose } from '../../support/compare.js';
import { savedAndLoaded } from '../../support/models.js';
import { agrees, combinations, type KerasTest, otherwise } from '../kerasTest.js';
import { type GroupOf, momentsOf, valuesOf } from '../numbers.js';
import { adapted, type Data } from './adapted.js';

type Axis = number | number[] | null;
const column = (values: number[]) => tf.tensor(values, [values.length, 1]);

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

export const normalizationModels: readonly KerasTest[] = [
  agrees(
    'test_layer_computation',
    'numbers of a model of the adapted layer; by data, axis, and whether they come in a dataset',
    combinations({ data: Object.keys(computations), dataset: [false, true] }, ({ data, dataset }) =>
      computes(computations[data!]!, dataset!),
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
