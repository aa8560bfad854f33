/** A graph of Keras 3 that tfjs cannot make is refused, by the name of the layer and of the argument. */
import '@bn/cpu-ref';
import { OptionError, useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Config, graphOf, input, load, tensor } from './support/keras3Files.js';

beforeAll(() => useBackend('cpu'));

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
