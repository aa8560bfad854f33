/** The config of a layer as Keras 3 saves it, in the words of tfjs. */
import { type Config, isLayerEntry, isObject, isRegistered, type LayerEntry, refuse } from './config.js';

/** Keras 3 calls them otherwise. */
const classNames: Readonly<Record<string, string>> = {
  OrthogonalInitializer: 'Orthogonal',
  IdentityInitializer: 'Identity',
};
const activations: Readonly<Record<string, string>> = { silu: 'swish' };
const activationKeys = ['activation', 'recurrentActivation'];
/** Options that hold layers. */
const layerKeys = ['layer', 'cell', 'backwardLayer'];

/**
 * A layer's entry for tfjs: the policy of its dtype as a name, options by the names of tfjs, functions by theirs.
 *
 * @throws OptionError that names the layer for a class or a dtype that tfjs does not have, and for an activation that it does
 *   not have or computes in another way.
 */
export function translateLayer(entry: LayerEntry, custom: Config = {}): LayerEntry {
  const className = classNameOf(entry, custom);
  const translated = { ...entry, className, config: translateConfig({ ...entry, className }, custom) };
  return (translations[className] ?? ((same) => same))(translated);
}

/** Keras registers classes of other packages under `package>name`, and calls them by their bare name in the file. */
function classNameOf(entry: LayerEntry, custom: Config): string {
  const { className, registeredName, module } = entry;
  if (registeredName?.includes('>') && isRegistered(registeredName)) return registeredName;
  if (className === 'Identity') return className;
  if (isRegistered(className) || Object.hasOwn(custom, className)) return className;
  throw refuse(
    entry,
    `tfjs has no such layer${module ? ` (in Python it is in ${module})` : ''}; build the model without it, or register a class of ` +
      'that name with tf.serialization.registerClass',
  );
}

function translateConfig(entry: LayerEntry, custom: Config): Config {
  return Object.fromEntries(
    Object.entries(entry.config).map(([key, value]) => {
      if (key === 'dtype') return [key, dtypeOf(entry, value)];
      if (layerKeys.includes(key) && isLayerEntry(value)) return [key, translateLayer(value, custom)];
      if (key === 'cells' && Array.isArray(value)) {
        return [key, value.map((cell) => (isLayerEntry(cell) ? translateLayer(cell, custom) : cell))];
      }
      if (activationKeys.includes(key)) return [key, activationOf(entry, key, value)];
      const name = isLayerEntry(value) ? classNames[value.className] : undefined;
      return [key, name === undefined ? value : { ...(value as Config), className: name }];
    }),
  );
}

/** Keras 3 saves a policy. Mixed ones keep their weights in float32, in which tfjs computes everything. */
function dtypeOf(entry: LayerEntry, dtype: unknown): unknown {
  const name = isObject(dtype) ? (dtype.config as Config | undefined)?.name : dtype;
  if (name === undefined || name === null) return name;
  if (/^mixed/.test(String(name))) return 'float32';
  if (['float32', 'int32', 'bool', 'string'].includes(name as string)) return name;
  throw refuse(entry, `dtype must be float32, got ${JSON.stringify(name)}: tfjs computes in float32 only`);
}

function activationOf(entry: LayerEntry, key: string, value: unknown): unknown {
  const given = isObject(value) && value.className === 'function' ? value.config : value;
  if (typeof given !== 'string') return given;
  if (given === 'hardSigmoid') {
    throw refuse(
      entry,
      `${key} 'hard_sigmoid' is clip(x / 6 + 0.5) in Keras 3, and clip(0.2 x + 0.5) in tfjs; take another activation`,
    );
  }
  const name = activations[given] ?? given;
  if (isRegistered(name)) return name;
  throw refuse(entry, `tfjs has no ${key} '${given}'; use another, or a layer in its place`);
}

const renamed = (entry: LayerEntry, from: string, to: string): LayerEntry => {
  const { [from]: value, ...config } = entry.config;
  return value === undefined ? entry : { ...entry, config: { ...config, [to]: value } };
};

const translations: Readonly<Record<string, (entry: LayerEntry) => LayerEntry>> = {
  InputLayer: (entry) => renamed(entry, 'batchShape', 'batchInputShape'),
  LeakyReLU: (entry) => renamed(entry, 'negativeSlope', 'alpha'),
  Identity: (entry) => ({
    ...entry,
    className: 'Activation',
    config: { ...entry.config, activation: 'linear' },
  }),
  Bidirectional: translateBidirectional,
  GRU: withoutReset,
  GRUCell: withoutReset,
};

/** tfjs refuses it too, but does not say what to do. */
function withoutReset(entry: LayerEntry): LayerEntry {
  if (entry.config.resetAfter !== true) return entry;
  throw refuse(
    entry,
    "reset_after, which is Keras' default, is another GRU than that of tfjs; build the model with reset_after=False",
  );
}

/** Keras 3 saves the layers of both directions; tfjs makes both of one, and puts `forward_` and `backward_` before its name. */
function translateBidirectional(entry: LayerEntry): LayerEntry {
  const { backwardLayer, ...config } = entry.config;
  const { layer } = config;
  if (!isLayerEntry(layer)) return entry;
  if (isLayerEntry(backwardLayer)) {
    const [forward, backward] = [layer, backwardLayer].map(({ className, config: options }) => {
      const { name: _, goBackwards, ...others } = options;
      return [className, others, goBackwards];
    });
    const isMirrored =
      JSON.stringify(forward!.slice(0, 2)) === JSON.stringify(backward!.slice(0, 2)) &&
      (forward![2] ?? false) !== (backward![2] ?? false);
    if (!isMirrored) {
      throw refuse(entry, 'backward_layer must be the mirrored layer; tfjs cannot take another for it');
    }
  }
  const name = String(layer.config.name).replace(/^forward_/, '');
  return { ...entry, config: { ...config, layer: { ...layer, config: { ...layer.config, name } } } };
}
