/** Layer configs as the versions of Keras and its add-ons write them. */
import '@bn/cpu-ref';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  BatchNormalization,
  GroupNormalization,
  InstanceNormalization,
  LayerNormalization,
  RMSNormalization,
  registerKerasLayers,
  unregisterKerasLayers,
} from '../src/index.js';

beforeAll(() => useBackend('cpu'));
beforeEach(registerKerasLayers);
afterEach(unregisterKerasLayers);

/** The layer of a Sequential model in a file of Keras. */
async function layerOf(saved: { class_name: string; config: object; [key: string]: unknown }) {
  const input = { class_name: 'InputLayer', config: { batch_input_shape: [null, 4, 4, 8], name: 'input_1' } };
  const modelTopology = {
    class_name: 'Sequential',
    config: { name: 'sequential', layers: [input, { ...saved, config: { name: 'norm', ...saved.config } }] },
  };
  const model = await tf.models.modelFromJSON({ modelTopology });
  return model.getLayer('norm');
}

describe('registerKerasLayers', () => {
  it.each([
    ['BatchNormalization', BatchNormalization, {}],
    ['BatchNormalizationV1', BatchNormalization, {}],
    ['BatchNormalizationV2', BatchNormalization, {}],
    ['SyncBatchNormalization', BatchNormalization, {}],
    ['Experimental>SyncBatchNormalization', BatchNormalization, {}],
    ['LayerNormalization', LayerNormalization, {}],
    ['GroupNormalization', GroupNormalization, { groups: 4 }],
    ['Addons>GroupNormalization', GroupNormalization, { groups: 4 }],
    ['Addons>InstanceNormalization', InstanceNormalization, { groups: 8 }],
    ['RMSNormalization', RMSNormalization, { axis: [3] }],
    ['keras_hub>RMSNormalization', RMSNormalization, { input_dim: 8 }],
  ])('reads %s', async (class_name, Class, config) => {
    expect(await layerOf({ class_name, config })).toBeInstanceOf(Class);
  });

  it('changes nothing when called again, and is undone by one call', async () => {
    registerKerasLayers();
    unregisterKerasLayers();
    unregisterKerasLayers();
    const config = { groups: 4 };
    const other = layerOf({ class_name: 'Addons>GroupNormalization', config });
    await expect(other).rejects.toThrow('Unknown layer');
    expect(await layerOf({ class_name: 'BatchNormalization', config: {} })).not.toBeInstanceOf(
      BatchNormalization,
    );
  });

  it('leaves a name alone that others have taken since', async () => {
    class Mine extends tf.layers.Layer {
      static readonly className = 'GroupNormalization';
    }
    const { classNameMap } = tf.serialization.SerializationMap.getMap();
    const ours = classNameMap.GroupNormalization!;
    tf.serialization.registerClass(Mine);
    unregisterKerasLayers();
    expect(await layerOf({ class_name: 'GroupNormalization', config: {} })).toBeInstanceOf(Mine);
    classNameMap.GroupNormalization = ours;
  });
});

describe('the config of', () => {
  it('tf.keras 2 keeps what it says', async () => {
    const config = {
      ...{ trainable: false, dtype: 'float32', axis: [3], momentum: 0.9, epsilon: 0.01, center: false },
      ...{ scale: true, gamma_initializer: { class_name: 'Constant', config: { value: 3 } } },
      ...{ beta_initializer: { class_name: 'Zeros', config: {} }, beta_regularizer: null },
      gamma_regularizer: { class_name: 'L2', config: { l2: 0.25 } },
    };
    const layer = await layerOf({ class_name: 'BatchNormalization', config });
    expect(layer.getConfig()).toMatchObject({
      ...{ trainable: false, axis: [3], momentum: 0.9, epsilon: 0.01, center: false },
      gammaRegularizer: { className: 'L1L2', config: { l1: 0, l2: 0.25 } },
    });
    expect(layer.getWeights().map((weight) => weight.dataSync()[0])).toEqual([3, 0, 1]);
  });

  it('Keras 3, with its modules, dtype policy and build config, is read', async () => {
    const module = 'keras.initializers';
    const layer = await layerOf({
      ...{ module: 'keras.layers', class_name: 'LayerNormalization', registered_name: null },
      config: {
        dtype: {
          module: 'keras',
          class_name: 'DTypePolicy',
          config: { name: 'float32' },
          registered_name: null,
        },
        ...{ axis: [3], epsilon: 0.001, center: true, scale: true, rms_scaling: false },
        beta_initializer: { module, class_name: 'Zeros', config: {}, registered_name: null },
        gamma_initializer: { module, class_name: 'Ones', config: {}, registered_name: null },
      },
      build_config: { input_shape: [null, 4, 4, 8] },
    });
    expect(layer.getWeights().map((weight) => weight.shape)).toEqual([[8], [8]]);
  });

  it('a model in mixed precision is computed in float32', async () => {
    const dtype = { class_name: 'Policy', config: { name: 'mixed_float16' } };
    const layer = await layerOf({ class_name: 'BatchNormalization', config: { dtype } });
    expect(layer.getWeights()[0]!.dtype).toBe('float32');
  });

  it.each([
    [
      'an activity regularizer',
      'BatchNormalization',
      { activity_regularizer: { class_name: 'L2', config: { l2: 0.1 } } },
      /activityRegularizer is not supported, got .*for inference, save the model from Python without it/,
    ],
    ['two axes', 'BatchNormalization', { axis: [1, 3] }, /axis must be one axis, got \[1,3\]; reshape/],
    [
      'float16',
      'GroupNormalization',
      { groups: 4, dtype: 'float16' },
      /dtype must be float32, got "float16"/,
    ],
    ['an option of another time', 'GroupNormalization', { groups: 4, mode: 2 }, /unknown option 'mode'/],
    [
      'an initializer of its own',
      'LayerNormalization',
      { gamma_initializer: { class_name: 'Mine', config: {} } },
      /gammaInitializer 'Mine' is not known; tf.initializers has constant, .*register a class of your own/,
    ],
    [
      'an initializer of the name of what every object has',
      'LayerNormalization',
      { gamma_initializer: { class_name: 'constructor', config: {} } },
      /gammaInitializer 'constructor' is not known; tf.initializers has constant/,
    ],
    ["keras-contrib's layer", 'InstanceNormalization', { axis: 3 }, /'norm' has no groups, .*keras-contrib/],
    [
      "Gemma's layer",
      'RMSNormalization',
      { epsilon: 1e-6 },
      /'norm' has no axis, .*another|formula may differ/,
    ],
    [
      'another number of groups',
      'Addons>InstanceNormalization',
      { groups: 4 },
      /channels, 8, got 4; use Group/,
    ],
    [
      'another input_dim',
      'keras_hub>RMSNormalization',
      { input_dim: 4 },
      /must have size inputDim 4, got input/,
    ],
  ])('a layer with %s is refused by name', async (_, class_name, config, message) => {
    await expect(layerOf({ class_name, config })).rejects.toThrow(message);
  });

  it('an initializer of the user is read where it is registered', async () => {
    class Seven extends tf.serialization.Serializable {
      static readonly className = 'Seven';
      apply = (shape: number[]) => tf.fill(shape, 7);
      getConfig = () => ({});
    }
    tf.serialization.registerClass(Seven);
    const config = { gamma_initializer: { class_name: 'Seven', config: {} } };
    const layer = await layerOf({ class_name: 'LayerNormalization', config });
    expect(layer.getWeights()[0]!.dataSync()[0]).toBe(7);
  });

  it.each(['BatchNormalization', 'LayerNormalization', 'GroupNormalization', 'RMSNormalization'])(
    'a %s may say what changes no number',
    async (class_name) => {
      const config = {
        ...{ activity_regularizer: null, quantization_config: null, of_a_later_version: null },
        ...{
          autocast: true,
          dynamic: false,
          groups: class_name === 'GroupNormalization' ? 2 : null,
          axis: -1,
        },
      };
      expect((await layerOf({ class_name, config })).name).toBe('norm');
    },
  );

  it('an option that is not null and not known is refused, whatever its value', async () => {
    const config = { quantization_config: { mode: 'int8' } };
    const layer = layerOf({ class_name: 'BatchNormalization', config });
    await expect(layer).rejects.toThrow("BatchNormalization 'norm': unknown option 'quantizationConfig'");
  });

  it.each([
    ['renorm', { renorm: true, renorm_clipping: { rmax: 3, rmin: 0.3, dmax: 5 }, renorm_momentum: 0.9 }, 7],
    ['virtualBatchSize', { virtual_batch_size: 2 }, 4],
  ])('%s is read, changes nothing in inference, and is saved', async (_, config, weights) => {
    const layer = await layerOf({ class_name: 'BatchNormalization', config: { ...config, epsilon: 1 } });
    const values = layer.getWeights();
    expect(values.length).toBe(weights);
    layer.setWeights(values.map((value, i) => tf.fill(value.shape, i + 1)));
    const x = tf.fill([2, 4, 4, 8], 13);
    // gamma 1, beta 2, moving mean 3, moving variance 4.
    const y = (layer.apply(x) as tf.Tensor).dataSync()[0]!;
    expect(y).toBeCloseTo((13 - 3) / Math.sqrt(5) + 2, 5);
    layer.trainable = false;
    expect((layer.apply(x, { training: true }) as tf.Tensor).dataSync()[0]).toBe(y);
    const saved = JSON.parse(JSON.stringify(layer.getConfig()));
    expect(new BatchNormalization({ ...saved, name: 'other' }).getConfig()).toEqual({
      ...saved,
      name: 'other',
    });
  });

  it('virtualBatchSize is refused in training by name', async () => {
    const config = { virtual_batch_size: 2 };
    const layer = await layerOf({ class_name: 'BatchNormalization', config });
    expect(() => layer.apply(tf.ones([2, 4, 4, 8]), { training: true })).toThrow(
      "BatchNormalization 'norm': virtualBatchSize is not supported in training",
    );
  });

  it('renorm that is off is accepted', async () => {
    const config = { renorm: false, renorm_clipping: null, renorm_momentum: 0.99, virtual_batch_size: null };
    expect(await layerOf({ class_name: 'BatchNormalization', config })).toBeInstanceOf(BatchNormalization);
  });
});
