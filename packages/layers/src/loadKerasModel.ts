import { OptionError, StateDictError } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { type Config, camelCased, isLayerEntry, isObject, modelClasses } from './keras3/config.js';
import { assignWeights, type NamedWeight } from './keras3/weights.js';
import { whileRegistered } from './registerKerasLayers.js';
import { undoneOnFailure } from './undoneOnFailure.js';

/** Options of `loadKerasModel`, beside those of the request that `tf.io.http` takes. */
export interface LoadKerasModelOptions extends tf.io.LoadOptions {
  /** The weights of the file must be exactly those of the model. False leaves out the rest of both. Default true. */
  strict?: boolean;
}

/**
 * Loads a model.json that tensorflowjs_converter has written from Keras 3 or Keras 2, with the normalizations of this package for
 * those of Keras: Sequential and functional models, nested, shared, with several inputs and outputs. The model is not compiled:
 * the training configuration of Keras is not read.
 *
 * If anything fails, nothing is left: no variable, no tensor.
 *
 * @param source The URL of model.json, or a handler of `tf.io` that loads it.
 * @returns the model, with its weights.
 * @throws OptionError for what the file says and tfjs cannot do, with the layer and the option; StateDictError for weights that are missing,
 *   too many or cut off; ShapeError for one of another shape.
 */
export async function loadKerasModel(
  source: string | tf.io.IOHandler,
  { strict = true, ...request }: LoadKerasModelOptions = {},
): Promise<tfl.LayersModel> {
  const handler = typeof source === 'string' ? handlerOf(source, request) : source;
  if (typeof handler?.load !== 'function') {
    throw new OptionError(
      'loadKerasModel: source must be a URL, or a handler of tf.io with a method load; for tf.loadGraphModel there are other files',
    );
  }
  const artifacts = await handler.load();
  return undoneOnFailure(() => {
    const model = whileRegistered(() =>
      modelOf(artifacts.modelTopology, artifacts.weightData != null && strict),
    );
    if (artifacts.weightData != null) tf.tidy(() => assignWeights(model, decode(artifacts), strict));
    return model;
  });
}

function handlerOf(url: string, options: tf.io.LoadOptions): tf.io.IOHandler {
  const [handler = tf.io.http(url, options)] = tf.io.getLoadHandlers(url, options);
  return handler;
}

type FromConfig = (cls: unknown, config: unknown, custom: object, fastWeightInit: boolean) => tfl.LayersModel;

/** Weights that will be loaded need no initial values that are dear to make, which is what fastWeightInit says. */
function modelOf(topology: unknown, fastWeightInit: boolean): tfl.LayersModel {
  const saved = camelCased(isObject(topology) ? (topology.model_config ?? topology) : topology);
  if (!isLayerEntry(saved) || !modelClasses.includes(saved.className)) {
    throw new OptionError(
      'loadKerasModel: modelTopology must be a Sequential or functional model of Keras, got ' +
        `${isLayerEntry(saved) ? `a ${saved.className}` : typeof topology}; convert it with --output_format=tfjs_layers_model`,
    );
  }
  const [cls, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[saved.className]!;
  return (fromConfig as unknown as FromConfig)(cls, saved.config satisfies Config, {}, fastWeightInit);
}

const bytesPerElement: Readonly<Record<string, number>> = {
  ...{ float32: 4, int32: 4, uint16: 2, float16: 2, uint8: 1, bool: 1, complex64: 8 },
};

/** In the order of the manifest, in which names may occur twice. */
function decode({ weightData, weightSpecs }: tf.io.ModelArtifacts): NamedWeight[] {
  const specs = (weightSpecs ?? []).filter(({ group }) => group !== 'optimizer');
  const sizes = (weightSpecs ?? []).map(({ shape, dtype, quantization }) => {
    return tf.util.sizeFromShape(shape) * bytesPerElement[quantization?.dtype ?? dtype]!;
  });
  const wanted = sizes.reduce((sum, size) => sum + size, 0);
  const got = [weightData!].flat().reduce((sum, { byteLength }) => sum + byteLength, 0);
  // NaN for strings, whose sizes stand in the data.
  if (got !== wanted && !Number.isNaN(wanted)) {
    throw new StateDictError(
      `loadKerasModel: the weight files hold ${got} bytes, and the manifest describes ${wanted}; one is cut off or of another model`,
    );
  }
  const named = (weightSpecs ?? []).map((spec, i) => ({ ...spec, name: String(i) }));
  const tensors = tf.io.decodeWeights(weightData!, named);
  return specs.map((spec) => ({ name: spec.name, tensor: tensors[weightSpecs!.indexOf(spec)]! }));
}
