import type { Reducer } from '@bn/core';
import { createLeNet, randomStreams } from '@bn/lenet';
import '@bn/wasm';
import '@bn/wasm-train';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import { synchronizedLeNet } from '../src/member/lenet.js';
import { leNet, resNet50 } from '../src/networks.js';
import {
  averageTraffic,
  gathersOfBatchNorms,
  gatherTraffic,
  noTraffic,
  stepTraffic,
} from '../src/traffic.js';

beforeAll(() => tf.setBackend('wasm'));

/** A group of two members that have the same; it writes down how many values each call has. */
function recordingReducer(): Reducer & { readonly lengths: number[] } {
  const lengths: number[] = [];
  return {
    rank: 0,
    size: 2,
    lengths,
    allGather(values) {
      lengths.push(values.length);
      return [values.slice(), values.slice()];
    },
    allReduceSum(values) {
      lengths.push(values.length);
      for (const [index, value] of values.entries()) values[index] = 2 * value;
    },
  };
}

describe('the networks', () => {
  it('LeNet is that of the trainer', () => {
    const model = createLeNet({ norm: 'batch' }, randomStreams(0).initialization);
    const sizes = model.trainableWeights.map(({ size }) => size);
    expect(leNet.tensors).toBe(sizes.length);
    expect(leNet.parameters).toBe(sizes.reduce((a, b) => a + b, 0));
    model.dispose();
  });

  it('ResNet-50 has the 53 batch norms and 26,560 channels of the paper', () => {
    expect(resNet50.batchNorms).toHaveLength(53);
    expect(resNet50.batchNorms.reduce((a, b) => a + b, 0)).toBe(26_560);
  });
});

describe('the traffic of a step', () => {
  it('gathers the values that the batch norms of LeNet gather in a step', () => {
    const reducer = recordingReducer();
    const model = synchronizedLeNet(reducer);
    const x = tf.randomNormal<tf.Rank.R4>([3, 28, 28, 1], 0, 1, 'float32', 1);
    const { grads, value } = tf.variableGrads(
      () => tf.sum(model.forward(x, { training: true })),
      model.trainableWeights,
    );
    expect(reducer.lengths).toEqual(gathersOfBatchNorms(leNet));
    tf.dispose([grads, value, x]);
    model.dispose();
  });

  it('is nothing with one rank', () => {
    expect(stepTraffic(resNet50, 1)).toEqual(noTraffic);
  });

  it('takes one message of 4,032 bytes for few values, and a second one for more', () => {
    expect(gatherTraffic(502, 4)).toEqual({ calls: 1, messages: 2, bytes: 3 * 4032 });
    expect(gatherTraffic(520, 4)).toEqual({ calls: 2, messages: 4, bytes: 3 * 4176 });
  });

  it('doubles what a rank has with each message, up to 31 ranks; then neighbours exchange', () => {
    expect(gatherTraffic(1, 3).messages).toBe(2);
    expect(gatherTraffic(1, 31).messages).toBe(5);
    expect(gatherTraffic(1, 32).messages).toBe(16);
  });

  it('averages gradients in rounds, and sends each twice, but between two ranks', () => {
    expect(averageTraffic(100, 2)).toEqual({ calls: 1, messages: 1, bytes: 400 });
    expect(averageTraffic(100, 4)).toEqual({ calls: 2, messages: 6, bytes: 600 });
    expect(averageTraffic(2 ** 22 + 1, 4)).toMatchObject({ calls: 4, messages: 12 });
  });
});
