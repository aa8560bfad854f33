/** Files that tfjs reads, and Keras does not write: layers and models of a user's classes, and a Sequential in the form of old Keras. */
import '@bn/cpu-ref';
import { useBackend } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { loadKerasModel, registerKerasLayers, unregisterKerasLayers } from '../src/index.js';
import { artifactsOf, predict } from './support/models.js';

/** Its config has no name. */
class Negative extends tf.layers.Layer {
  static readonly className = 'Negative';
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.neg([inputs].flat()[0]!);
  }
  override getConfig(): tf.serialization.ConfigDict {
    return {};
  }
}

class OwnModel extends tf.LayersModel {
  static override readonly className = 'OwnModel';
}

beforeAll(async () => {
  tf.serialization.registerClass(Negative);
  tf.serialization.registerClass(OwnModel);
  await useBackend('cpu');
});
beforeEach(registerKerasLayers);
afterEach(() => {
  unregisterKerasLayers();
  tf.disposeVariables();
});

const dense = (name: string) => tf.layers.dense({ units: 2, name, inputShape: [2] });

/** A model in which this layer is called twice, the second time with what the first call gives. */
function calledTwice(layer: tf.layers.Layer): tf.LayersModel {
  const x = tf.input({ shape: [2] });
  const once = layer.apply(dense('first').apply(x));
  return tf.model({ inputs: x, outputs: layer.apply(once) as tf.SymbolicTensor });
}

async function expectSame(model: tf.LayersModel, file: tf.io.ModelArtifacts): Promise<void> {
  const x = tf.tensor2d([[1, -2]]);
  const before = predict(model, x);
  for (const load of [loadKerasModel, tf.loadLayersModel]) {
    expect(predict(await load(tf.io.fromMemory(structuredClone(file))), x)).toEqual(before);
  }
}

it('a layer whose config has no name is read', async () => {
  const model = calledTwice(new Negative({}));
  await expectSame(model, await artifactsOf(model));
});

it("a nested model of a user's class is read, whose calls tfjs counts from 1", async () => {
  const x = tf.input({ shape: [2] });
  const inner = new OwnModel({ inputs: x, outputs: dense('inside').apply(x) as tf.SymbolicTensor });
  const model = calledTwice(inner);
  await expectSame(model, await artifactsOf(model));
});

it('a Sequential whose config is a list of layers is read', async () => {
  const inner = tf.sequential({ layers: [dense('inside')] });
  const listed = (entry: { config: unknown }) => {
    entry.config = (entry.config as { layers: unknown }).layers;
  };
  const whole = await artifactsOf(inner);
  listed(whole.modelTopology as { config: unknown });
  await expectSame(inner, whole);

  const model = calledTwice(inner);
  const file = await artifactsOf(model);
  const { config } = file.modelTopology as { config: { layers: { name: string; config: unknown }[] } };
  listed(config.layers.find(({ name }) => name === inner.name)!);
  await expectSame(model, file);
});

it('a class of models that is registered after registerKerasLayers is read as others are, until that is undone', async () => {
  class LateModel extends tf.LayersModel {
    static override readonly className = 'LateModel';
  }
  tf.serialization.registerClass(LateModel);
  const x = tf.input({ shape: [2], name: 'x' });
  const model = new LateModel({ inputs: x, outputs: dense('d').apply(x) as tf.SymbolicTensor });
  const file = await artifactsOf(model);
  const { config } = file.modelTopology as { config: { layers: { config: Record<string, unknown> }[] } };
  // As Keras 3 writes it.
  const { batch_input_shape, ...others } = config.layers[0]!.config;
  config.layers[0]!.config = { ...others, batch_shape: batch_input_shape };
  await expectSame(model, file);

  unregisterKerasLayers();
  await expect(tf.loadLayersModel(tf.io.fromMemory(file))).rejects.toThrow('An InputLayer should be passed');
  tf.serialization.registerClass(LateModel);
  await expect(tf.loadLayersModel(tf.io.fromMemory(file))).rejects.toThrow('An InputLayer should be passed');
});

it('a model of a class that nobody has registered is refused, with what to do', async () => {
  const modelTopology = { class_name: 'Nobodys', config: { name: 'm', layers: [] } };
  await expect(loadKerasModel(tf.io.fromMemory({ modelTopology }))).rejects.toThrow(
    /got a Nobodys; .* register a class of your own with tf.serialization.registerClass/,
  );
});
