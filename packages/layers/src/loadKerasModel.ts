import { NormalizationError, OptionError, StateDictError } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { type Config, camelCased, isLayerEntry, isModelEntry, isObject } from './keras3/config.js';
import { named, whileNaming } from './keras3/naming.js';
import { bytesOfWeights } from './keras3/weightSpecs.js';
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
 * If anything fails, nothing is left: no variable, no tensor. Every refusal is an error of @bn/core, also for a file that is damaged and for
 * what tfjs refuses; only what a handler of yours throws comes through as it is.
 *
 * @param source The URL of model.json, or a handler of `tf.io` that loads it.
 * @returns the model, with its weights.
 * @throws OptionError for what the file says and tfjs cannot do, with the layer and the option; a graph that cannot be made, and a URL that
 *   cannot be read; StateDictError for weights that are missing, too many, cut off or described wrong, also for a URL without any, unless
 *   `strict` is false; ShapeError for one of another shape.
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
  const artifacts = await artifactsOf(source, handler);
  return undoneOnFailure(() => {
    const model = whileRegistered(() =>
      whileNaming(() => modelOf(artifacts.modelTopology, artifacts.weightData != null && strict)),
    );
    if (artifacts.weightData == null && strict && typeof source === 'string' && model.weights.length > 0) {
      throw new StateDictError(
        `loadKerasModel: the model has ${model.weights.length} weights, and '${source}' has none (weightsManifest); convert the model again, ` +
          'or load it with strict: false, which leaves the weights as their initializers make them',
      );
    }
    if (artifacts.weightData != null) tf.tidy(() => assignWeights(model, decode(artifacts), strict));
    return model;
  });
}

/** What is at a URL may be missing, or no model.json: tfjs says so by whatever error it comes upon. */
async function artifactsOf(source: unknown, handler: tf.io.IOHandler): Promise<tf.io.ModelArtifacts> {
  if (typeof source !== 'string') return handler.load!();
  try {
    return await handler.load!();
  } catch (error) {
    throw named(error, `loadKerasModel: '${source}' cannot be read`);
  }
}

function handlerOf(url: string, options: tf.io.LoadOptions): tf.io.IOHandler {
  const [handler = tf.io.http(url, options)] = tf.io.getLoadHandlers(url, options);
  return handler;
}

type FromConfig = (cls: unknown, config: unknown, custom: object, fastWeightInit: boolean) => tfl.LayersModel;

/** Weights that will be loaded need no initial values that are dear to make, which is what fastWeightInit says. */
function modelOf(topology: unknown, fastWeightInit: boolean): tfl.LayersModel {
  const saved = camelCased(isObject(topology) ? (topology.model_config ?? topology) : topology);
  if (!isLayerEntry(saved) || !isModelEntry(saved)) {
    const got = isLayerEntry(saved) ? `a ${saved.className}` : typeof topology;
    throw new OptionError(
      `loadKerasModel: modelTopology must be a Sequential or functional model of Keras, got ${got}; convert it with ` +
        '--output_format=tfjs_layers_model, and register a class of your own with tf.serialization.registerClass',
    );
  }
  const [cls, fromConfig] = tf.serialization.SerializationMap.getMap().classNameMap[saved.className]!;
  try {
    return (fromConfig as unknown as FromConfig)(cls, saved.config satisfies Config, {}, fastWeightInit);
  } catch (error) {
    throw error instanceof NormalizationError
      ? error
      : named(error, 'loadKerasModel: the model cannot be made');
  }
}

/** In the order of the manifest, in which names may occur twice. */
function decode({ weightData, weightSpecs }: tf.io.ModelArtifacts): NamedWeight[] {
  const sizes = bytesOfWeights(weightSpecs ?? []);
  const specs = (weightSpecs ?? []).filter(({ group }) => group !== 'optimizer');
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
