/** Which names in saved models our layers read. */
import * as tf from '@tensorflow/tfjs-core';
import { BatchNormalization } from './batchNormalization.js';
import { GroupNormalization } from './groupNormalization.js';
import { InstanceNormalization } from './instanceNormalization.js';
import { LayerNormalization } from './layerNormalization.js';
import { isOwn } from './ownFiles.js';
import { RMSNormalization } from './rmsNormalization.js';

/** By the name that stands in the file, after tfjs has turned snake_case into camelCase. */
const layersByName = {
  BatchNormalization,
  BatchNormalizationV1: BatchNormalization,
  BatchNormalizationV2: BatchNormalization,
  SyncBatchNormalization: BatchNormalization,
  'Experimental>SyncBatchNormalization': BatchNormalization,
  LayerNormalization,
  GroupNormalization,
  'Addons>GroupNormalization': GroupNormalization,
  InstanceNormalization,
  'Addons>InstanceNormalization': InstanceNormalization,
  RMSNormalization,
  'kerasHub>RMSNormalization': RMSNormalization,
} as const;

/** Of these names tfjs has layers of its own. */
const namesOfTfjs = ['BatchNormalization', 'LayerNormalization'] as const;
/** Under these names only our layers are saved. */
const ownNames = ['GroupNormalization', 'Addons>InstanceNormalization', 'RMSNormalization'] as const;

type ClassNameMap = tf.serialization.SerializationMap['classNameMap'];
type Entry = ClassNameMap[string];

const classNameMap = (): ClassNameMap => tf.serialization.SerializationMap.getMap().classNameMap;

/** Makes tfjs load what our layers have saved as our layers, and leaves other files to whom they are left now. */
function registerOwnFiles(): void {
  const map = classNameMap();
  for (const name of ownNames) map[name] ??= entryOf(layersByName[name]);
  for (const name of namesOfTfjs) {
    const [theirs, fromConfig] = map[name]!;
    const ours = entryOf(layersByName[name]);
    map[name] = [
      theirs,
      (cls, config) => (isOwn(config) ? ours[1](ours[0], config) : fromConfig(cls, config)),
    ] as Entry;
  }
}

/** Keras 2 has a class of its own for what Keras 3 says by an option. */
const isSynchronized = (name: string): boolean => name.endsWith('SyncBatchNormalization');

const entryOf = (layer: (typeof layersByName)[keyof typeof layersByName]): Entry =>
  [layer, layer.fromConfig] as Entry;

registerOwnFiles();

/** What stood in tfjs's registry under our names; undefined where there was nothing. Empty while ours are not registered. */
const replaced = new Map<string, Entry | undefined>();

/**
 * Lets `tf.loadLayersModel` and `tf.models.modelFromJSON` read the normalization layers of Keras, TensorFlow Addons and KerasHub
 * as the layers of this package, in the place of tfjs's own BatchNormalization and LayerNormalization too. Models that
 * exist already stay as they are. Calling it again changes nothing.
 */
export function registerKerasLayers(): void {
  if (replaced.size > 0) return;
  const map = classNameMap();
  for (const [name, layer] of Object.entries(layersByName)) {
    replaced.set(name, map[name]);
    const [cls, fromConfig] = entryOf(layer);
    map[name] = [
      cls,
      isSynchronized(name) ? (cls, config) => fromConfig(cls, { ...config, synchronized: true }) : fromConfig,
    ] as Entry;
  }
}

/** Puts back what `registerKerasLayers` replaced. A name that others have taken since then stays theirs. */
export function unregisterKerasLayers(): void {
  const map = classNameMap();
  for (const [name, layer] of Object.entries(layersByName)) {
    if (!replaced.has(name) || map[name]?.[0] !== (layer as unknown)) continue;
    const before = replaced.get(name);
    if (before === undefined) delete map[name];
    else map[name] = before;
  }
  replaced.clear();
}
