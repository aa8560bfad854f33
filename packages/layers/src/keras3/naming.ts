/** Names the layer of a file in every error that comes of it, whoever throws it. */
import { NormalizationError, OptionError } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { isModelClass } from './config.js';

type Layer = tfl.layers.Layer;
type Entry = tf.serialization.SerializationMap['classNameMap'][string];
type FromConfig = (cls: unknown, config: Record<string, unknown>, ...rest: unknown[]) => Layer;

/** What was thrown, as an error of ours that begins with `subject`, or names a layer already. */
export function named(error: unknown, subject: string): NormalizationError {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof NormalizationError) {
    if (message.startsWith("layer '")) return error;
    const SameKind = error.constructor as new (message: string, options: ErrorOptions) => NormalizationError;
    return new SameKind(`${subject}: ${message}`, { cause: error });
  }
  return new OptionError(`${subject}: ${message}`, { cause: error });
}

/** Models name their layers. */
const isOfLayer = ([, [cls]]: [string, Entry]): boolean =>
  !isModelClass(cls) && (cls as unknown as { prototype: unknown }).prototype instanceof tfl.layers.Layer;

/** Runs f, which must not be asynchronous. If a layer cannot be made of its config or applied to its inputs, the error names it. */
export function whileNaming<T>(f: () => T): T {
  const map = tf.serialization.SerializationMap.getMap().classNameMap;
  const before = Object.entries(map).filter(isOfLayer);
  const watched: Layer[] = [];
  for (const [className, [cls, fromConfig]] of before) {
    const make: FromConfig = (cls, config, ...rest) => {
      const subject = `layer '${String(config?.name)}' (${className})`;
      try {
        const layer = (fromConfig as unknown as FromConfig)(cls, config, ...rest);
        watched.push(withNamedErrors(layer, subject));
        return layer;
      } catch (error) {
        throw named(error, subject);
      }
    };
    map[className] = [cls, make] as unknown as Entry;
  }
  try {
    return f();
  } finally {
    for (const [className, entry] of before) map[className] = entry;
    for (const layer of watched) Reflect.deleteProperty(layer, 'apply');
  }
}

/** Until its own `apply` is deleted. */
function withNamedErrors(layer: Layer, subject: string): Layer {
  const { apply } = layer;
  layer.apply = (...args) => {
    try {
      return apply.apply(layer, args);
    } catch (error) {
      throw named(error, subject);
    }
  };
  return layer;
}
