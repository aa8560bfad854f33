/** What a saved model looks like to tfjs: keys and values in camelCase, but for names. */
import { OptionError } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { classOf } from '../tfjsClasses.js';

export type Config = Record<string, unknown>;

/** An entry of `layers` in the config of a model, or of `layer` in that of a wrapper. */
export interface LayerEntry {
  className: string;
  config: Config;
  name?: string;
  module?: string | null;
  registeredName?: string | null;
  inboundNodes?: unknown[];
}

export const isObject = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Old Keras saves the layers of a Sequential as its config, without a name. */
export const isLayerEntry = (value: unknown): value is LayerEntry =>
  isObject(value) &&
  typeof value.className === 'string' &&
  (isObject(value.config) || (Array.isArray(value.config) && isModelEntry(value as unknown as LayerEntry)));

/** Whether a class of tfjs's registry is one of models: tfjs's own or a user's. */
export const isModelClass = (cls: object): boolean =>
  cls === tfl.LayersModel || (cls as { prototype: unknown }).prototype instanceof tfl.LayersModel;

/** Whether an entry is a model, also of a user's class. tfjs gives each a first node that Keras 3 does not count. */
export const isModelEntry = ({ className }: LayerEntry): boolean =>
  isRegistered(className) && isModelClass(classOf(className));

export const nameOf = (entry: LayerEntry): string => String(entry.name ?? entry.config.name);

/** Whether tfjs can make it: the registry is a plain object, whose inherited keys are nobody's classes. */
export const isRegistered = (className: string): boolean =>
  Object.hasOwn(tf.serialization.SerializationMap.getMap().classNameMap, className);

/** A refusal that names the layer, as it stands in the file. */
export const refuse = (entry: LayerEntry, problem: string): OptionError =>
  new OptionError(`layer '${nameOf(entry)}' (${entry.className}): ${problem}`);

/** snake_case as tfjs turns it into camelCase. */
export const toCamelCase = (text: string): string =>
  text.length > 1 ? text.replace(/_+(\w|$)/g, (_, letter: string) => letter.toUpperCase()) : text;

/** Under these keys stand names of layers, which are no words to be changed; tfjs changes those of `kerasHistory`. */
const keysOfNames = ['inboundNodes', 'inputLayers', 'outputLayers', 'kerasHistory'];

/** A config of Python as tfjs takes it. */
export function camelCased(value: unknown, key?: string): unknown {
  if (typeof value === 'string') return toCamelCase(value);
  if (Array.isArray(value)) {
    const isNamed = typeof value[0] === 'string' && keysOfNames.includes(key!);
    return value.map((item, i) => (isNamed && i === 0 ? item : camelCased(item, key)));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      if (name === 'name' && typeof item === 'string') return [name, item];
      const renamed = toCamelCase(name);
      return [renamed, camelCased(item, renamed)];
    }),
  );
}
