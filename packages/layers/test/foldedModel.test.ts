/** The folded model: its names, weights, files and memory. */
import * as tf from '@tensorflow/tfjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { BatchNormalization, foldBatchNorms } from '../src/index.js';
import { sample } from './support/compare.js';
import { conv, fold, image, ours, randomize } from './support/folding.js';
import { artifactsOf, predict, savedAndLoaded } from './support/models.js';
import { testsInScope } from './support/scope.js';

testsInScope('cpu');

let tensors: number;
beforeEach(() => {
  tensors = tf.memory().numTensors;
});

describe('the folded model', () => {
  const small = (depthwiseRegularizer?: 'l1l2', dense = {}) =>
    tf.sequential({
      name: 'small',
      layers: [
        tf.layers.conv2d({ ...conv, ...image, useBias: false, name: 'conv', kernelConstraint: 'unitNorm' }),
        ...[
          ours({ name: 'bn' }),
          tf.layers.depthwiseConv2d({
            kernelSize: 2,
            name: 'dw',
            ...(depthwiseRegularizer && { depthwiseRegularizer }),
          }),
        ],
        ...[tf.layers.flatten(), tf.layers.dense({ units: 2, ...dense })],
      ],
    });
  const x = () => sample([2, 6, 6, 3]);

  it('says which constraints and regularizers it does without, and keeps those of other layers', async () => {
    const { folded, model } = await fold(small('l1l2', { kernelConstraint: 'nonNeg' }), x());
    expect(folded).toEqual([{ batchNorm: 'bn', into: 'conv', dropped: ['kernelConstraint'] }]);
    // tfjs writes the regularizer of a depthwise convolution in the place of its constraint.
    const fields = model.getLayer('dw') as unknown as {
      depthwiseConstraint: unknown;
      depthwiseRegularizer: unknown;
    };
    expect(fields.depthwiseConstraint).toBeNull();
    expect(fields.depthwiseRegularizer).not.toBeNull();
  });

  it('names its weights as before, and is saved and loaded by tfjs', async () => {
    const { model } = await fold(small(), x());
    const names = (await artifactsOf(model)).weightSpecs!.map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(['conv/kernel', 'conv/bias']);
    const loaded = await savedAndLoaded(model);
    expect([...predict(loaded, x())]).toEqual([...predict(model, x())]);
    expect(loaded.layers.some((layer) => layer instanceof BatchNormalization)).toBe(false);
  });

  it('is one of its own: training or disposing either leaves the other, and all tensors go', async () => {
    const model = small();
    randomize(model);
    const before = [...predict(model, x())];
    const { model: folded } = await foldBatchNorms(model, { batch: x() });
    const values = [...predict(folded, x())];
    folded.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
    await folded.trainOnBatch(x(), tf.ones([2, 2]));
    expect([...predict(folded, x())]).not.toEqual(values);
    expect([...predict(model, x())]).toEqual(before);
    model.dispose();
    expect(predict(folded, x()).every(Number.isFinite)).toBe(true);
    folded.dispose();
  });

  it('keeps what is trainable', async () => {
    const model = small();
    model.layers[0]!.trainable = false;
    model.layers[4]!.weights[1]!.trainable = false;
    const { model: folded } = await fold(model, x());
    expect(folded.trainableWeights.map(({ originalName }) => originalName)).toEqual(
      model.trainableWeights
        .map(({ originalName }) => originalName)
        .filter((name) => !name.startsWith('bn/')),
    );
  });

  it('leaks nothing, and nothing is left of a failure', async () => {
    const model = small();
    const batch = x();
    const begin = tf.memory().numTensors;
    const { model: folded } = await foldBatchNorms(model, { batch });
    folded.dispose();
    expect(tf.memory().numTensors).toBe(begin);
    class Unreadable extends tf.layers.Layer {
      static readonly className = 'Unreadable';
      static override fromConfig(): never {
        throw new Error('no such thing');
      }
    }
    model.add(new Unreadable({ name: 'last' }));
    await expect(foldBatchNorms(model)).rejects.toThrow(/layer 'last' cannot be copied.*no such thing/);
    await expect(foldBatchNorms(model, { batch: tf.ones([1, 2]) })).rejects.toThrow();
    expect(tf.memory().numTensors).toBe(begin + 1);
    expect(tensors).toBeLessThan(begin);
  });
});
