/** What the expressions of the faults may use beside tf: models as Keras writes them. */
import * as tf from '@tensorflow/tfjs';

type Config = Record<string, unknown>;

/** The topology of a Sequential model of one layer, as Keras 2 writes it. */
export function keras2(className: string, config: Config, shape: number[]): Config {
  const input = { class_name: 'InputLayer', config: { batch_input_shape: [null, ...shape], name: 'input' } };
  const layer = { class_name: className, config: { name: 'layer', ...config } };
  return { class_name: 'Sequential', config: { name: 'model', layers: [input, layer] } };
}

/** What `tf.loadLayersModel` makes of that model, applied to x. */
export async function predictKeras2(className: string, config: Config, x: tf.Tensor): Promise<tf.Tensor> {
  const modelTopology = keras2(className, config, x.shape.slice(1));
  const model = await tf.loadLayersModel({ load: async () => ({ modelTopology }) });
  return model.predict(x) as tf.Tensor;
}

const dtype = { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' } };
const units = { units: 1, kernel_initializer: 'ones', use_bias: false };

function denseOfKeras3(): Config {
  const config = { name: 'dense', trainable: true, dtype, ...units };
  return { module: 'keras.layers', class_name: 'Dense', registered_name: null, config };
}

/** A Sequential model of one Dense layer over two features, as Keras 3 writes it. */
export function sequentialOfKeras3(): tf.io.IOHandler {
  const config = { batch_shape: [null, 2], dtype: 'float32', sparse: false, name: 'input' };
  const input = { module: 'keras.layers', class_name: 'InputLayer', registered_name: null, config };
  const layers = [input, denseOfKeras3()];
  return handlerOf({ class_name: 'Sequential', config: { name: 'sequential', layers } });
}

/** The same as a functional model, with an input layer that tfjs understands. */
export function functionalOfKeras3(): tf.io.IOHandler {
  const shape = [null, 2];
  const tensor = { class_name: '__keras_tensor__', config: { shape, keras_history: ['x', 0, 0] } };
  const x = {
    class_name: 'InputLayer',
    name: 'x',
    config: { batch_input_shape: shape, name: 'x' },
    inbound_nodes: [],
  };
  const dense = {
    ...{ class_name: 'Dense', name: 'dense', config: { name: 'dense', ...units } },
    inbound_nodes: [{ args: [tensor], kwargs: {} }],
  };
  const ends = { input_layers: [['x', 0, 0]], output_layers: [['dense', 0, 0]] };
  return handlerOf({ class_name: 'Functional', config: { name: 'model', layers: [x, dense], ...ends } });
}

/** A model that tfjs reads, with its weights under the names that Keras 3 gives them. */
export function weightsOfKeras3(): tf.io.IOHandler {
  const modelTopology = keras2('Dense', { ...units, name: 'dense' }, [2]);
  const weightSpecs = [{ name: 'sequential/dense/kernel', shape: [2, 1], dtype: 'float32' as const }];
  return { load: async () => ({ modelTopology, weightSpecs, weightData: Float32Array.of(1, 1).buffer }) };
}

/** Dense of one feature, which multiplies it, with its calls: the layer that each reads, and in which of its calls. */
const factor = (name: string, value: number, ...calls: [layer: string, call: number][]): Config => ({
  ...{ class_name: 'Dense', name, inbound_nodes: calls.map((call) => [[...call, 0, {}]]) },
  config: { name, ...units, kernel_initializer: { class_name: 'Constant', config: { value } } },
});

/** A model as Keras 2 writes it: `shared` is called on `late`, which comes later in the file, and then on x. */
export function sharedOfKeras2(): tf.io.IOHandler {
  const config = { batch_input_shape: [null, 1], name: 'x' };
  const layers = [
    { class_name: 'InputLayer', name: 'x', config, inbound_nodes: [] },
    factor('shared', 2, ['late', 0], ['x', 0]),
    factor('late', 3, ['x', 0]),
    factor('next', 5, ['shared', 1]),
    factor('last', 7, ['next', 0]),
  ];
  const output_layers = ['shared', 'last'].map((name) => [name, 0, 0]);
  return handlerOf({
    class_name: 'Model',
    config: { name: 'model', layers, input_layers: [['x', 0, 0]], output_layers },
  });
}

const handlerOf = (modelTopology: Config): tf.io.IOHandler => ({ load: async () => ({ modelTopology }) });

/** What a tensor holds after it was cast on cpu and read on wasm. */
export async function castAndMove(): Promise<tf.Tensor> {
  await tf.setBackend('cpu');
  const x = tf.cast(tf.tensor([1, 2], [2], 'int32'), 'float32');
  await tf.setBackend('wasm');
  return tf.mul(x, 1);
}

/** The last elements of two tensors of cpu, larger together than a new heap, that are joined on wasm. */
export async function moveAndJoin(): Promise<tf.Tensor> {
  await tf.setBackend('cpu');
  const rows = 2 ** 23;
  const parts = [1, 2].map((value) => tf.tensor(new Float32Array(rows).fill(value), [rows, 1]));
  await tf.setBackend('wasm');
  const last = tf.tidy(() => tf.slice(tf.concat(parts, 1), [rows - 1, 0]));
  tf.dispose(parts);
  return last;
}
