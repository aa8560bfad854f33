/** Which names in saved models our layers read. */
import * as tf from '@tensorflow/tfjs-core';
import { BatchNormalization } from './batchNormalization.js';
import { GroupNormalization } from './groupNormalization.js';
import { InstanceNormalization } from './instanceNormalization.js';
import { isModelClass } from './keras3/config.js';
import { readingKeras3 } from './keras3/modelEntry.js';
import { LayerNormalization } from './layerNormalization.js';
import { Normalization } from './normalization.js';
import { isOwn } from './ownFiles.js';
import { RMSNormalization } from './rmsNormalization.js';
import { SpectralNormalization } from './spectralNormalization.js';
import { UnitNormalization } from './unitNormalization.js';

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

/** tfjs, too, has layers of these names. */
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

/** Keras 2 has a separate class for what Keras 3 says by an option. */
const isSynchronized = (name: string): boolean => name.endsWith('SyncBatchNormalization');

type LayerClass = (typeof layersByName)[keyof typeof layersByName];

const entryOf = (layer: LayerClass): Entry => [layer, layer.fromConfig] as Entry;

registerOwnFiles();

interface Replacement {
  /** What stood in tfjs's registry before; undefined if there was nothing. */
  readonly before: Entry | undefined;
  readonly ours: Entry;
}

/** By name. Empty while ours are not registered. */
const replaced = new Map<string, Replacement>();

function replace(name: string, ours: Entry): void {
  const map = classNameMap();
  replaced.set(name, { before: map[name], ours });
  map[name] = ours;
}

const { SerializationMap } = tf.serialization;
const { register } = SerializationMap;

/** Lets models of a class read files as all others do. */
function readModelsOf(name: string): void {
  const entry = classNameMap()[name]!;
  if (isModelClass(entry[0])) replace(name, readingKeras3(entry));
}

/**
 * Lets `tf.loadLayersModel` and `tf.models.modelFromJSON` read the normalization layers of Keras, TensorFlow Addons and KerasHub
 * as the layers of this package, in the place of tfjs's own BatchNormalization and LayerNormalization too, and the model.json
 * that tensorflowjs_converter writes from Keras 3, also of models of your own registered classes. A model that cannot be made leaves
 * no variables behind. Models that exist already stay as they are. Calling it again changes nothing.
 */
export function registerKerasLayers(): void {
  if (replaced.size > 0) return;
  // Named here, so that programs without this function do without these.
  const others = { Normalization, UnitNormalization, SpectralNormalization };
  for (const [name, layer] of Object.entries({ ...layersByName, ...others })) {
    const [cls, fromConfig] = entryOf(layer as unknown as LayerClass);
    replace(name, [
      cls,
      isSynchronized(name) ? (cls, config) => fromConfig(cls, { ...config, synchronized: true }) : fromConfig,
    ] as Entry);
  }
  for (const name of Object.keys(classNameMap())) readModelsOf(name);
  // Users may register theirs later.
  SerializationMap.register = (cls) => {
    register(cls);
    readModelsOf(cls.className);
  };
}

/** Puts back what `registerKerasLayers` replaced. A name that others have taken since then stays theirs. */
export function unregisterKerasLayers(): void {
  const map = classNameMap();
  for (const [name, { before, ours }] of replaced) {
    if (map[name] !== ours) continue;
    if (before === undefined) delete map[name];
    else map[name] = before;
  }
  replaced.clear();
  SerializationMap.register = register;
}

/** Runs f, which must not be asynchronous, with our layers registered, and leaves the registry as it was. */
export function whileRegistered<T>(f: () => T): T {
  if (replaced.size > 0) return f();
  registerKerasLayers();
  try {
    return f();
  } finally {
    unregisterKerasLayers();
  }
}
