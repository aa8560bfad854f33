/** What every layer here takes, and the check of option names at the door. */
import { OptionError } from '@bn/core';
import { checkKeys } from '@bn/core/options';
import type * as tfl from '@tensorflow/tfjs-layers';

/** What every tf.layers.Layer takes: name, trainable, inputShape, batchInputShape, batchSize, dtype, weights. */
export type LayerArguments = NonNullable<ConstructorParameters<typeof tfl.layers.Layer>[0]>;

/** A layer in errors: its class, and its name, so that it is found in a model. A constructor knows no name but a given one. */
export function titleOf(layerClass: string, name: unknown): string {
  return typeof name === 'string' ? `${layerClass} '${name}'` : layerClass;
}

/** `customObjects` is what tfjs adds to every config that it deserializes. */
const layerKeys = [
  ...['name', 'trainable', 'dtype', 'inputDType', 'inputShape', 'batchInputShape', 'batchSize', 'weights'],
  'customObjects',
];

/** Options of Keras that are refused unless null or false, with what to do about them. */
export type Unsupported = Readonly<Record<string, string>>;

export const changesTrainingOnly =
  'it changes training only: for inference, save the model from Python without it';

const unsupportedEverywhere: Unsupported = { activityRegularizer: changesTrainingOnly };

/** Options that versions of Keras save with every layer, and that change no number here: everything is computed in float32. */
const withoutEffect: Readonly<Record<string, readonly unknown[]>> = {
  autocast: [true, false],
  dynamic: [false],
};

/**
 * The arguments without those that are null, as which Keras saves what is left out, or without effect, and with the dtype as
 * tfjs takes it.
 *
 * @throws OptionError for an option that is not null and unknown or not supported.
 */
export function checkArguments<T extends LayerArguments>(
  layerClass: string,
  args: T | undefined,
  keys: readonly string[],
  unsupported: Unsupported = {},
): T {
  const layer = titleOf(layerClass, args?.name);
  const refused = { ...unsupportedEverywhere, ...unsupported };
  const given = Object.entries(args ?? {}).filter(
    ([key, value]) => value != null && !withoutEffect[key]?.includes(value),
  );
  for (const [key, value] of given) {
    if (key in refused && value !== false) {
      throw new OptionError(
        `${layer}: ${key} is not supported, got ${JSON.stringify(value)}; ${refused[key]}`,
      );
    }
  }
  const known = given.filter(([key]) => !(key in refused));
  checkKeys(layer, Object.fromEntries(known), [...layerKeys, ...keys]);
  const { dtype, ...rest } = Object.fromEntries(known);
  return (dtype === undefined ? rest : { ...rest, dtype: checkDtype(layer, dtype) }) as T;
}

/** A name, or the policy that Keras saves in its place: mixed ones keep their weights in float32, as we do. */
function checkDtype(layer: string, dtype: unknown): 'float32' {
  const name = typeof dtype === 'object' ? (dtype as { config?: { name?: unknown } }).config?.name : dtype;
  if (typeof name === 'string' && /^(float32|mixed_b?float16)$/.test(name)) return 'float32';
  throw new OptionError(
    `${layer}: dtype must be float32, got ${JSON.stringify(dtype)}; no other is supported`,
  );
}
