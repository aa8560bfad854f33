/** Models as files of Keras 3 describe them. */
import '@bn/cpu-ref';
import { loadKerasModel } from '../../src/index.js';

export type Config = Record<string, unknown>;

export const policy = (name: string) => ({ module: 'keras', class_name: 'DTypePolicy', config: { name } });
export const input = (shape: number[]) => ({
  class_name: 'InputLayer',
  config: { name: 'x', batch_shape: [null, ...shape], dtype: 'float32' },
});
export const load = (modelTopology: object) => loadKerasModel({ load: async () => ({ modelTopology }) });

/** A Sequential of one layer. */
export const sequentialOf = (class_name: string, config: Config, shape = [4, 4, 2]) =>
  load({
    class_name: 'Sequential',
    config: { name: 'm', layers: [input(shape), { class_name, config: { name: 'l_1', ...config } }] },
  });

export const tensor = (name: string, node = 0) => ({
  class_name: '__keras_tensor__',
  config: { shape: [null, 2], dtype: 'float32', keras_history: [name, node, 0] },
});
/** A functional model of one layer, which is called with these arguments. */
export const graphOf = (class_name: string, args: unknown[], kwargs: Config = {}, config: Config = {}) =>
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
