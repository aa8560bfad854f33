/** How tfjs makes a model of a file, with what Keras 3 writes. */
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { undoneOnFailure } from '../undoneOnFailure.js';
import type { Config, LayerEntry } from './config.js';
import { checkEntries, renumberCalls } from './graph.js';
import { translateModel } from './model.js';
import { checkOptions } from './options.js';
import { assignWeights } from './weights.js';

type Entry = tf.serialization.SerializationMap['classNameMap'][string];
type FromConfig = (
  cls: unknown,
  config: Config,
  custom?: object,
  fastWeightInit?: boolean,
) => tfl.LayersModel;

/** How many models are being made, one inside of the other. */
let depth = 0;

/** An entry of tfjs's registry for a class of models, that reads files of Keras 3 too and leaves nothing if it fails. */
export function readingKeras3([Class, fromConfig]: Entry): Entry {
  const read: FromConfig = (cls, config, custom, fastWeightInit) => {
    depth++;
    try {
      const model = undoneOnFailure(() => {
        const isGraph = 'inputLayers' in config;
        if (isGraph) checkEntries(config);
        const translated = translateModel(config);
        const numbered = isGraph ? renumberCalls(translated) : translated;
        // tfjs takes configs apart as it reads them.
        const layers = structuredClone(translated.layers);
        const made = (fromConfig as unknown as FromConfig)(cls, numbered, custom, fastWeightInit);
        if (translated !== config) {
          checkOptions(made.layers, layers as LayerEntry[]);
          made.loadWeights = (weights, strict) => loadWeights(made, weights as tf.NamedTensorMap, strict);
        }
        return made;
      });
      // Only tf.loadLayersModel says so, right before it loads weights into a model that nobody else has seen.
      if (depth === 1 && fastWeightInit) disposeIfWeightsFail(model);
      return model;
    } finally {
      depth--;
    }
  };
  return [Class, read] as unknown as Entry;
}

/** Weights by the names of Keras 3. */
function loadWeights(model: tfl.LayersModel, weights: tf.NamedTensorMap, strict = true): void {
  const named = Object.entries(weights).map(([name, tensor]) => ({ name, tensor }));
  assignWeights(model, named, strict);
}

function disposeIfWeightsFail(model: tfl.LayersModel): void {
  const { loadWeights: load } = model;
  const isOwn = Object.hasOwn(model, 'loadWeights');
  model.loadWeights = (weights, strict) => {
    if (isOwn) model.loadWeights = load;
    else Reflect.deleteProperty(model, 'loadWeights');
    try {
      load.call(model, weights, strict);
    } catch (error) {
      tf.dispose(weights);
      for (const variable of new Set(model.weights)) variable.dispose();
      model.optimizer?.dispose();
      throw error;
    }
  };
}
