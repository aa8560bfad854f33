/** Masks outside of plain models: handed over by a program, in wrappers, in layers of one's own; their shapes and errors. */
import '@bn/cpu-ref';
import { DtypeError, ShapeError, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { BatchNormalization } from '../src/index.js';
import { expectClose, sample } from './support/compare.js';
import { movingOf, statisticsOf } from './support/statistics.js';

beforeAll(() => useBackend('cpu'));

const norm = (args = {}) => new BatchNormalization({ momentum: 0, ...args });

/** [2, 4, 1], of which 9 is padding: the rest has mean 4 and variance 5. */
const padded = tf.tensor3d([1, 3, 9, 9, 5, 7, 9, 9], [2, 4, 1]);
const mask = tf.tensor2d([1, 1, 0, 0, 1, 1, 0, 0], [2, 4], 'bool');
const ofReal = [[4], [5]];
/** Of everything, padding too. */
const ofAll = (x: tf.Tensor) => Object.values(statisticsOf(x));

function expectMoving(layer: tf.layers.Layer, [mean, variance]: number[][]): void {
  const [movingMean, movingVariance] = movingOf(layer);
  expectClose(movingMean!, mean!, 1e-5);
  expectClose(movingVariance!, variance!, 1e-5);
}

const masking = () => tf.layers.masking({ maskValue: 9, inputShape: [4, 1] });
/** Keeps the shape and the statistics, by which a test sees what a BatchNormalization behind it was told. */
const identity = () =>
  tf.layers.dense({ units: 1, kernelInitializer: 'ones', useBias: false, inputShape: [4, 1] });

describe('a mask that a program hands over', () => {
  it('to the layer is obeyed', () => {
    const bn = norm();
    bn.apply(padded, { training: true, mask });
    expectMoving(bn, ofReal);
  });

  it('of numbers has weights, and as bool counts all but 0', () => {
    const [bn, x, weights] = [norm(), tf.tensor3d([1, 5, 9], [1, 3, 1]), tf.tensor2d([[0.5, 0.25, 0]])];
    bn.apply(x, { training: true, mask: weights });
    expectMoving(bn, [[7 / 3], [32 / 9]]);
    bn.apply(x, { training: true, mask: tf.cast(weights, 'bool') });
    expectMoving(bn, [[3], [4]]);
  });

  it('to the layer is obeyed also if the layer is part of a model', () => {
    const bn = norm({ inputShape: [4, 1] });
    tf.sequential({ layers: [bn] });
    bn.apply(padded, { training: true, mask });
    expectMoving(bn, ofReal);
  });

  it('to a model is that of its input', () => {
    const bn = norm();
    const model = tf.sequential({ layers: [identity(), bn] });
    model.apply(padded, { training: true, mask });
    expectMoving(bn, ofReal);
    model.apply(padded, { training: true });
    expectMoving(bn, ofAll(padded));
  });

  it('to a model ends where the layers end it', () => {
    const bn = norm();
    const model = tf.sequential({
      layers: [identity(), tf.layers.reshape({ targetShape: [4, 1] }), bn],
    });
    model.apply(padded, { training: true, mask });
    expectMoving(bn, ofAll(padded));
  });
});

describe('the mask of a tensor that another layer gave out', () => {
  it.each([
    ['in tf.tidy', tf.tidy as <T>(f: () => T) => T],
    ['outside of it', <T>(f: () => T) => f()],
  ])('is used %s', (_, run) => {
    const bn = norm();
    run(() => bn.apply(identity().apply(masking().apply(padded)), { training: true }) as tf.Tensor);
    expectMoving(bn, ofReal);
  });

  it('is not used once it has been disposed', () => {
    const bn = norm();
    const x = tf.tidy(() => masking().apply(padded) as tf.Tensor);
    bn.apply(x, { training: true });
    expectMoving(bn, ofAll(x));
  });

  it('is worth less than one that is handed over', () => {
    const bn = norm();
    bn.apply(masking().apply(padded), { training: true, mask: tf.ones([2, 4], 'bool') });
    expectMoving(bn, ofAll(tf.mul(padded, tf.cast(tf.expandDims(mask, 2), 'float32'))));
  });
});

describe('inside of TimeDistributed', () => {
  it('the mask that a program hands to the wrapper is obeyed', () => {
    const bn = norm();
    tf.layers.timeDistributed({ layer: bn }).apply(padded, { training: true, mask });
    // The second step is the last one that anything is left of: 3 and 7.
    expectMoving(bn, [[5], [4]]);
  });

  // Steps of [2, 1]: the third and fourth are padding in both samples, the second in one of them.
  const x = tf.tensor3d([1, 3, 9, 9, 5, 9, 9, 9], [2, 4, 1]);

  it('each step of x has its step of the mask', () => {
    const bn = norm({ momentum: 0.5 });
    const model = tf.sequential({ layers: [masking(), tf.layers.timeDistributed({ layer: bn })] });
    model.apply(x, { training: true });
    // Means 3, 3, and nothing in steps three and four; variances 4 and 0.
    expectMoving(bn, [[0.5 * (0.5 * 0 + 0.5 * 3) + 0.5 * 3], [0.5 * (0.5 * 1 + 0.5 * 4) + 0.5 * 0]]);
  });

  it('models are reached too, and wrappers in wrappers', () => {
    const bn = norm();
    const inner = tf.sequential({
      layers: [tf.layers.timeDistributed({ layer: bn, inputShape: [4, 1] })],
    });
    const model = tf.sequential({
      layers: [
        tf.layers.masking({ maskValue: 9, inputShape: [1, 4, 1] }),
        tf.layers.timeDistributed({ layer: inner }),
      ],
    });
    model.apply(tf.reshape(tf.slice(x, [0, 0, 0], [2, 4, 1]), [2, 1, 4, 1]), { training: true });
    // The last step that anything is left of is the second, with the value 3.
    expectMoving(bn, [[3], [0]]);
  });
});

describe('a layer of a program', () => {
  /** Runs a BatchNormalization with what `keywords` makes of its own. */
  class Block extends tf.layers.Layer {
    static readonly className = 'Block';
    readonly bn = norm();
    constructor(private readonly keywords: (own: Record<string, unknown>) => Record<string, unknown>) {
      super({});
      this.supportsMasking = true;
    }
    override build(shape: tf.Shape) {
      this.bn.build(shape);
      this.bn.built = true;
      this.built = true;
    }
    override call(inputs: tf.Tensor | tf.Tensor[], keywords: Record<string, unknown>) {
      const x = Array.isArray(inputs) ? inputs[0]! : inputs;
      // Not the tensor that has the mask.
      return this.bn.apply(tf.add(x, 0), this.keywords(keywords)) as tf.Tensor;
    }
  }
  const model = (block: Block, isMasked: boolean) => {
    const [input, other] = [tf.input({ shape: [4, 1] }), tf.input({ shape: [4, 1] })];
    const masked = masking().apply(input) as tf.SymbolicTensor;
    const into = isMasked ? masked : (identity().apply(other) as tf.SymbolicTensor);
    const outputs = [masked, block.apply(into) as tf.SymbolicTensor];
    return tf.model({ inputs: [input, other], outputs });
  };

  it('may name the mask that it has', () => {
    const block = new Block(({ training, mask: own }) => ({ training, mask: own }));
    model(block, true).apply([padded, padded], { training: true });
    expectMoving(block.bn, ofReal);
  });

  it.each([
    ['names', ({ training, mask: own }: Record<string, unknown>) => ({ training, mask: own })],
    ['passes on', (own: Record<string, unknown>) => own],
  ])('that %s a mask of another branch is not believed', (_, keywords) => {
    const block = new Block(keywords);
    model(block, false).apply([padded, padded], { training: true });
    expectMoving(block.bn, ofAll(padded));
  });
});

describe('the shape of a mask', () => {
  const weightsOf = (weights: tf.Tensor, shape: number[]) => {
    const full = tf.add(
      tf.zeros(shape),
      tf.reshape(tf.cast(weights, 'float32'), [...weights.shape, ...shape.slice(weights.rank).map(() => 1)]),
    );
    const strides = full.strides.concat(1);
    const values = full.dataSync();
    return (index: number[]) => values[index.reduce((at, i, axis) => at + i * strides[axis]!, 0)]! > 0;
  };
  const pattern = (shape: number[]) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return tf.tensor(
      Array.from({ length: size }, (_, i) => i % 5 !== 1),
      shape,
      'bool',
    );
  };

  it.each([
    ['all but the last axis', [2, 3, 4], -1, [2, 3]],
    ['sizes of 1 in it', [1, 2, 3, 4], -1, [1, 2, 1]],
    ['sizes of 1 in front', [5, 3, 4], -1, [1, 3]],
    ['leading axes', [5, 3, 2, 4], -1, [5]],
    ['all but the last axis, channels second', [2, 3, 4], 1, [2, 3]],
    ['all but the last axis, channels second of four', [3, 3, 4, 2], 1, [3, 3, 4]],
    ['sizes of 1 in it, channels second', [3, 3, 4, 2], 1, [3, 1, 4]],
    ['samples, channels second', [6, 3, 4], 1, [6]],
    ['all but the last axis, channels in the middle', [3, 2, 4, 2], 2, [3, 2, 4]],
    ['all but the last of six axes', [2, 2, 2, 2, 2, 3], -1, [2, 2, 2, 2, 2]],
    ['all but the last of six axes, channels fourth', [2, 2, 2, 3, 2, 3], 3, [2, 2, 2, 3, 2]],
  ] as const)('may have %s', (_, shape, axis, maskShape) => {
    const x = sample([...shape], 3);
    const given = pattern([...maskShape]);
    const bn = norm({ axis });
    bn.apply(x, { training: true, mask: given });
    const { mean, variance } = statisticsOf(
      x,
      weightsOf(given, [...shape]),
      axis < 0 ? shape.length - 1 : axis,
    );
    expectMoving(bn, [mean, variance]);
  });

  it.each([
    [
      '[6]',
      tf.ones([6], 'bool'),
      'must broadcast to x without its last axis, [2, 4], got [6] for x of shape [2, 4, 1]',
    ],
    ['[2, 4, 1]', tf.ones([2, 4, 1], 'bool'), 'got [2, 4, 1]'],
    ['[]', tf.scalar(true), 'got []'],
  ])('%s is refused, and the layer is named', (_, given, message) => {
    const bn = norm({ name: 'third' });
    const attempt = () => bn.apply(padded, { training: true, mask: given });
    expect(attempt).toThrow(ShapeError);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow("BatchNormalization 'third': mask");
  });

  it('of something else is refused, and the layer is named', () => {
    const bn = norm({ name: 'third' });
    const attempt = () => bn.apply(padded, { training: true, mask: [true] });
    expect(attempt).toThrow(DtypeError);
    expect(attempt).toThrow(
      "BatchNormalization 'third': mask must be a tensor of dtype bool or float32, got object",
    );
  });
});

describe('what a mask leaves nothing of', () => {
  it('leaves the moving statistics as they are', () => {
    const bn = norm({ momentum: 0.5 });
    bn.apply(padded, { training: true, mask });
    const before = movingOf(bn);
    bn.apply(padded, { training: true, mask: tf.zeros([2, 4], 'bool') });
    expect(movingOf(bn)).toEqual(before);
  });

  it('does so channel by channel', () => {
    const bn = norm({ axis: 1, momentum: 0 });
    const x = tf.tensor3d([1, 3, 5, 7], [1, 2, 2]);
    bn.apply(x, { training: true, mask: tf.tensor2d([0, 1], [1, 2], 'bool') });
    expect(movingOf(bn)).toEqual([
      [0, 6],
      [1, 1],
    ]);
  });

  it('does so for a single value per channel', () => {
    const bn = norm({ momentum: 0 });
    bn.apply(tf.tensor2d([[3, 4]]), { training: true, mask: tf.tensor1d([0], 'bool') });
    expect(movingOf(bn)).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });
});

it('leaves nothing behind', () => {
  const bn = norm();
  const model = tf.sequential({
    layers: [masking(), tf.layers.timeDistributed({ layer: norm() }), tf.layers.dense({ units: 3 }), bn],
  });
  const run = () => tf.dispose(model.apply(padded, { training: true, mask }) as tf.Tensor);
  run();
  const before = tf.memory().numTensors;
  run();
  tf.dispose(model.predict(padded));
  expect(tf.memory().numTensors).toBe(before);
});
