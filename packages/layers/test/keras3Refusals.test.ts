/** What a file of Keras 3 says and tfjs cannot do is refused, by the name of the layer and of the option. */
import '@bn/cpu-ref';
import { OptionError, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Config, input, load, policy, sequentialOf } from './support/keras3Files.js';

beforeAll(() => useBackend('cpu'));

describe('a layer of a Sequential', () => {
  it.each([
    ['MultiHeadAttention', { num_heads: 2 }, 'tfjs has no such layer'],
    [
      'Dense',
      { units: 2, activation: 'hard_sigmoid' },
      "activation 'hard_sigmoid' is clip(x / 6 + 0.5) in Keras 3",
    ],
    ['Dense', { units: 2, activation: 'leaky_relu' }, "tfjs has no activation 'leakyRelu'"],
    ['Dense', { units: 2, dtype: policy('float16') }, 'dtype must be float32, got "float16"'],
    [
      'Dense',
      { units: 2, lora_rank: 4 },
      'tfjs does not have the option loraRank and would leave it out, got 4',
    ],
    ['Conv2D', { filters: 4, kernel_size: 3, groups: 2 }, 'tfjs does not have the option groups'],
    [
      'Conv2DTranspose',
      { filters: 4, kernel_size: 3, dilation_rate: [1, 2] },
      'tfjs does not have the option dilationRate',
    ],
    [
      'DepthwiseConv2D',
      { kernel_size: 3, dilation_rate: [2, 2] },
      'dilationRate [2,2]: tfjs leaves it out here',
    ],
    [
      'UpSampling2D',
      { size: [2, 2], interpolation: 'bilinear' },
      'interpolation "bilinear": tfjs takes its pixels',
    ],
    ['Resizing', { height: 2, width: 2, interpolation: 'bilinear' }, 'interpolation "bilinear": tfjs lays'],
    ['ReLU', { negative_slope: 0.1 }, 'tfjs does not have the option negativeSlope'],
    ['ReLU', { threshold: 1 }, 'tfjs does not have the option threshold'],
    ['GlobalAveragePooling2D', { keepdims: true }, 'tfjs does not have the option keepdims'],
    [
      'TimeDistributed',
      { layer: { class_name: 'GRU', config: { name: 'd', units: 2, reset_after: true } } },
      'build the model with reset_after=False',
    ],
    [
      'TimeDistributed',
      { layer: { class_name: 'Dense', config: { name: 'd', units: 2, lora_rank: 4 } } },
      'option loraRank',
    ],
  ] as [string, Config, string][])('%s with %o is refused', async (className, config, message) => {
    const before = tf.memory().numTensors;
    const refused = sequentialOf(className, config);
    await expect(refused).rejects.toThrow(OptionError);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toThrow(/^layer '(l_1|d)' \(/);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    ['Conv2D', { filters: 4, kernel_size: 3, groups: 1, seed: 1 }],
    ['ReLU', { negative_slope: 0, threshold: 0, max_value: null }],
    ['Conv2DTranspose', { filters: 4, kernel_size: [3, 3], dilation_rate: [1, 1], output_padding: null }],
    ['SeparableConv2D', { filters: 4, kernel_size: [3, 3], depth_multiplier: 2, dilation_rate: [2, 2] }],
    ['DepthwiseConv2D', { kernel_size: [3, 3], depth_multiplier: 2, dilation_rate: [1, 1] }],
    ['UpSampling2D', { size: [2, 2], data_format: 'channels_last', interpolation: 'nearest' }],
    ['Dense', { units: 2, dtype: policy('mixed_float16'), lora_rank: null }],
    [
      'Dense',
      {
        units: 2,
        activation: {
          module: 'builtins',
          class_name: 'function',
          config: 'relu',
          registered_name: 'function',
        },
      },
    ],
  ] as [string, Config][])('%s with %o is read', async (className, config) => {
    const model = await sequentialOf(className, config);
    expect(model.layers.at(-1)!.name).toBe('l_1');
    model.dispose();
  });

  it('of another package is found under the name that it has registered', async () => {
    const entry = {
      module: 'keras_hub.src.layers',
      class_name: 'RMSNormalization',
      config: { name: 'l_1', input_dim: 2 },
    };
    const layers = [input([2]), { ...entry, registered_name: 'keras_hub>RMSNormalization' }];
    const model = await load({ class_name: 'Sequential', config: { name: 'm', layers } });
    expect(model.layers.at(-1)!.getWeights()[0]!.shape).toEqual([2]);
    model.dispose();
  });
});

describe('a bidirectional layer', () => {
  const direction = (name: string, go_backwards: boolean, units = 3) => ({
    class_name: 'SimpleRNN',
    config: { name, units, go_backwards },
  });

  it('is read if its layers mirror each other, and refused otherwise', async () => {
    const layer = direction('forward_rnn', false);
    const read = (backward_layer: object) => sequentialOf('Bidirectional', { layer, backward_layer }, [4, 2]);
    await expect(read(direction('backward_rnn', true))).resolves.toBeInstanceOf(tf.Sequential);
    await expect(read(direction('backward_rnn', true, 4))).rejects.toThrow(
      'backward_layer must be the mirrored layer',
    );
    await expect(read(direction('backward_rnn', false))).rejects.toThrow(
      'backward_layer must be the mirrored layer',
    );
  });
});
