/** What a file of Keras 3 says and tfjs cannot do is refused, by the name of the layer and of the option. */
import '@bn/cpu-ref';
import { OptionError, StateDictError, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadKerasModel } from '../src/index.js';

type Config = Record<string, unknown>;

const policy = (name: string) => ({ module: 'keras', class_name: 'DTypePolicy', config: { name } });
const input = (shape: number[]) => ({
  class_name: 'InputLayer',
  config: { name: 'x', batch_shape: [null, ...shape], dtype: 'float32' },
});
const load = (modelTopology: object) => loadKerasModel({ load: async () => ({ modelTopology }) });

/** A Sequential of one layer. */
const sequentialOf = (class_name: string, config: Config, shape = [4, 4, 2]) =>
  load({
    class_name: 'Sequential',
    config: { name: 'm', layers: [input(shape), { class_name, config: { name: 'l_1', ...config } }] },
  });

const tensor = (name: string, node = 0) => ({
  class_name: '__keras_tensor__',
  config: { shape: [null, 2], dtype: 'float32', keras_history: [name, node, 0] },
});
/** A functional model of one layer, which is called with these arguments. */
const graphOf = (class_name: string, args: unknown[], kwargs: Config = {}, config: Config = {}) =>
  load({
    class_name: 'Functional',
    config: {
      name: 'm',
      layers: [
        { ...input([2]), name: 'x', inbound_nodes: [] },
        { class_name, name: 'l_1', config: { name: 'l_1', ...config }, inbound_nodes: [{ args, kwargs }] },
      ],
      input_layers: ['x', 0, 0],
      output_layers: ['l_1', 0, 0],
    },
  });

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

describe('a call in a graph', () => {
  const one = 'must be called with one tensor or one list of tensors';
  it.each([
    ['Dense', [tensor('x'), tensor('x')], {}, { units: 2 }, one],
    ['Add', [tensor('x'), 2], {}, {}, one],
    ['Dense', [{ a: tensor('x') }], {}, { units: 2 }, one],
    ['Dense', [tensor('x')], { mask: tensor('x') }, { units: 2 }, 'is called with another mask'],
    [
      'Dense',
      [tensor('x')],
      { attention_bias: 1 },
      { units: 2 },
      'is called with the argument attentionBias',
    ],
    [
      'Dense',
      [tensor('x')],
      { training: 'yes' },
      { units: 2 },
      'training must be true, false or null, got "yes"',
    ],
    [
      'Dense',
      [tensor('x')],
      { initial_state: tensor('x') },
      { units: 2 },
      'initial_state must be tensors of the model',
    ],
    ['Subtract', [[tensor('x'), tensor('x')]], {}, {}, 'tfjs has no such layer'],
  ] as [string, unknown[], Config, Config, string][])(
    'of %s with %j, %j is refused',
    async (className, args, kwargs, config, message) => {
      const refused = graphOf(className, args, kwargs, config);
      await expect(refused).rejects.toThrow(`layer 'l_1' (${className}): `);
      await expect(refused).rejects.toThrow(message);
    },
  );

  it('of a layer that is not there is refused', async () => {
    await expect(graphOf('Dense', [tensor('y')], {}, { units: 2 })).rejects.toThrow(
      "uses a layer 'y', which it does not have",
    );
  });

  it.each([{}, { training: false, mask: null }, { mask: [null, null] }])('may say %o', async (kwargs) => {
    const model = await graphOf('Dense', [tensor('x')], kwargs, { units: 2 });
    expect(model.outputs[0]!.shape).toEqual([null, 2]);
    model.dispose();
  });
});

describe('a graph that cannot be made', () => {
  const dense = (name: string, calls: unknown, config: Config = {}) => ({
    ...{ class_name: 'Dense', name, inbound_nodes: calls },
    config: { name, units: 2, ...config },
  });
  const x = { ...input([2]), name: 'x', inbound_nodes: [] };
  const call = (layer: unknown, node: unknown = 0) => [[[layer, node, 0, {}]]];
  const graph = (layers: object[], ends: Config = {}) =>
    load({
      class_name: 'Functional',
      config: { name: 'm', layers, input_layers: [['x', 0, 0]], output_layers: [['a', 0, 0]], ...ends },
    });

  it.each([
    [
      'a cycle',
      [x, dense('a', call('b')), dense('b', call('a'))],
      {},
      "layer 'a' (Dense): is called with what call 0 of layer 'b' gives, which never happens",
    ],
    [
      'a call that is missing',
      [x, dense('a', call('x', 3))],
      {},
      "layer 'a' (Dense): is called with what call 3 of layer 'x' gives",
    ],
    [
      'a layer that is missing',
      [x, dense('a', call('b'))],
      {},
      "layer 'a' (Dense): is called with a tensor of layer 'b', which the model does not have",
    ],
    [
      'a name that stands twice',
      [x, dense('a', call('x')), dense('a', call('x'))],
      {},
      "layer 'a' (Dense): its name stands twice",
    ],
    [
      'two names',
      [x, dense('a', call('x'), { name: 'b' })],
      {},
      'layer \'a\' (Dense): its name must be the one in its config, "b"',
    ],
    [
      'a call that is none',
      [x, dense('a', call(4))],
      {},
      "layer 'a' (Dense): inbound_nodes must be calls, lists of [layer, node, tensor], got [4,0,0,{}]",
    ],
    [
      'a constant',
      [x, dense('a', [[['_CONSTANT_VALUE', -1, 3, {}]]])],
      {},
      "layer 'a' (Dense): is called with the constant 3, which a layer of tf.layers cannot take; build the model without it",
    ],
    ['calls that are none', [x, dense('a', 'x')], {}, "layer 'a' (Dense): inbound_nodes must be calls"],
    [
      'an output that is missing',
      [x, dense('a', call('x'))],
      { output_layers: [['a', 1, 0]] },
      'output_layers must be tensors of the model, got ["a",1,0]',
    ],
    [
      'no input',
      [x, dense('a', call('x'))],
      { input_layers: [] },
      'input_layers must be tensors of the model, got []',
    ],
    [
      'a layer that does not take its input',
      [
        x,
        { ...dense('a', call('x')), class_name: 'Conv2D', config: { name: 'a', filters: 1, kernel_size: 3 } },
      ],
      {},
      /^layer 'a' \(Conv2D\): /,
    ],
    [
      'an option that no layer takes',
      [x, dense('a', call('x'), { units: -1 })],
      {},
      /^layer 'a' \(Dense\): /,
    ],
  ] as [string, object[], Config, string | RegExp][])(
    'for %s is refused',
    async (_, layers, ends, message) => {
      const before = tf.memory().numTensors;
      const refused = graph(layers, ends);
      await expect(refused).rejects.toThrow(OptionError);
      await expect(refused).rejects.toThrow(message);
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});

describe('weights that are described wrong', () => {
  const modelTopology = {
    class_name: 'Sequential',
    config: { name: 'm', layers: [input([2]), { class_name: 'Dense', config: { name: 'd', units: 1 } }] },
  };
  const kernel = { name: 'd/kernel', shape: [2, 1], dtype: 'float32' };
  const loadSpecs = (weightSpecs: unknown) =>
    loadKerasModel({
      load: async () => ({
        modelTopology,
        weightSpecs: weightSpecs as tf.io.WeightsManifestEntry[],
        weightData: new ArrayBuffer(12),
      }),
    });

  it.each([
    [7, 'weightSpecs must be a list, got 7'],
    [[{ ...kernel, name: undefined }], 'a weight must have a name'],
    [[{ ...kernel, shape: null }], "shape of the weight 'd/kernel' must be a list of sizes, got null"],
    [[{ ...kernel, shape: [2, -1] }], "shape of the weight 'd/kernel' must be a list of sizes, got [2,-1]"],
    [[{ ...kernel, dtype: 'float' }], "dtype of the weight 'd/kernel' must be one of float32"],
    [
      [{ ...kernel, quantization: { dtype: 'int4' } }],
      "quantization of the weight 'd/kernel' must be of dtype float16",
    ],
    [[{ ...kernel, quantization: { dtype: 'uint8', scale: 'a', min: 0 } }], 'must be numbers scale and min'],
  ] as [unknown, string][])('%j are refused', async (specs, message) => {
    await expect(loadSpecs(specs)).rejects.toThrow(StateDictError);
    await expect(loadSpecs(specs)).rejects.toThrow(message);
  });
});

describe('a URL', () => {
  const dense = { class_name: 'Dense', config: { name: 'd', units: 1 } };
  const modelTopology = { class_name: 'Sequential', config: { name: 'm', layers: [input([2]), dense] } };
  const at = (response: () => Response, options = {}) =>
    loadKerasModel('https://example.com/model.json', {
      fetchFunc: (async () => response()) as typeof fetch,
      ...options,
    });

  it('without weights is refused, unless strict is false', async () => {
    const json = () => Response.json({ modelTopology });
    await expect(at(json)).rejects.toThrow(
      "the model has 2 weights, and 'https://example.com/model.json' has none (weightsManifest)",
    );
    const model = await at(json, { strict: false });
    expect(model.weights.length).toBe(2);
    model.dispose();
  });

  it('that cannot be read is named', async () => {
    const damaged = () => Response.json({ modelTopology, weightsManifest: {} });
    for (const response of [damaged, () => new Response(null, { status: 404 })]) {
      await expect(at(response)).rejects.toThrow(
        "loadKerasModel: 'https://example.com/model.json' cannot be read: ",
      );
    }
  });
});
