/** The config of a model as Keras 3 saves it, in the words of tfjs. */
import { type Config, isLayerEntry, isObject, type LayerEntry } from './config.js';
import { translateLayer } from './layers.js';
import { withoutMasks } from './masks.js';
import { endsOf, finderOf, nodesOf } from './nodes.js';

/** Where Keras 3 writes otherwise than Keras 2. */
const isOfKeras3 = ({ className, config, inboundNodes = [], module }: LayerEntry): boolean =>
  (className === 'InputLayer' && 'batchShape' in config) ||
  inboundNodes.some(isObject) ||
  (typeof module === 'string' && isObject(config.dtype)) ||
  (isObject(config.dtype) && config.dtype.className === 'DTypePolicy');

/**
 * The config of a Sequential or functional model, in camelCase, as tfjs reads it. Files of Keras 2 and of tfjs are left as they are.
 * Nested models keep theirs: they are translated when tfjs makes them.
 *
 * @throws OptionError that names the layer and the option for what tfjs cannot do.
 */
export function translateModel(config: Config): Config {
  const { layers: saved } = config;
  if (!Array.isArray(saved) || !saved.every(isLayerEntry) || !saved.some(isOfKeras3)) return config;
  const custom = isObject(config.customObjects) ? config.customObjects : {};
  const isGraph = 'inputLayers' in config;
  const layers = isGraph ? withoutMasks(saved, [config.inputLayers, config.outputLayers]) : saved;
  const find = finderOf(layers);
  const translated = layers.map((layer) => {
    const entry =
      Array.isArray(layer.config) || 'layers' in layer.config ? layer : translateLayer(layer, custom);
    return isGraph ? { ...entry, inboundNodes: nodesOf(entry, find) } : entry;
  });
  return {
    ...config,
    layers: translated,
    ...(isGraph && {
      inputLayers: endsOf(config.inputLayers, find),
      outputLayers: endsOf(config.outputLayers, find),
    }),
  };
}
