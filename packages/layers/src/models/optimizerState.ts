/**
 * Whose state an optimizer has. Those of tfjs keep a state for each weight (the moments of Adam, the accumulations of momentum)
 * by its place among the weights that a model trains. If the model is compiled again with other weights to train, the
 * optimizer silently goes on with the state of one weight for another; so does a model that is loaded with its optimizer.
 */
import { OptionError } from '@bn/core';
import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** What optimizers of tfjs keep for one weight: its name, with what it is behind it: `dense/kernel/m`. */
interface WeightState {
  readonly originalName: string;
  readonly variable: tf.Variable;
}

const isWeightState = (value: unknown): value is WeightState =>
  typeof value === 'object' && value !== null && 'originalName' in value && 'variable' in value;

/** The names of the weights that an optimizer has a state for, by their places. */
function weightsWithState(optimizer: tf.Optimizer): string[] {
  const lists = Object.values(optimizer).filter((value) => Array.isArray(value) && value.some(isWeightState));
  const [first = []] = lists as WeightState[][];
  return first.map(({ originalName }) => originalName.replace(/\/[^/]*$/, ''));
}

/**
 * @param title what is about to use the state of the optimizer, for the error.
 * @throws OptionError if the optimizer has, for a weight that the model trains, the state of another weight of it.
 */
function checkOptimizerState(title: string, model: tfl.LayersModel, optimizer: tf.Optimizer): void {
  const names = new Set(model.weights.map(({ name }) => name));
  const trained = model.trainableWeights;
  weightsWithState(optimizer).forEach((name, i) => {
    const weight = trained[i];
    if (weight === undefined || weight.name === name || !names.has(name)) return;
    throw new OptionError(
      `${title}: the optimizer (${optimizer.getClassName()}) has taken steps when the model trained other weights, and has the state of ` +
        `'${name}' where it needs that of '${weight.name}', since it keeps them by position; compile the model with a new optimizer`,
    );
  });
}

let isGuarded = false;

/**
 * From now on tfjs refuses to compile a model with the optimizer's state of other weights, before anything is changed, and to save it
 * with that. Called by what changes which weights are trained, so that other programs do without it.
 */
export function guardOptimizerState(): void {
  if (isGuarded) return;
  isGuarded = true;
  // A Sequential makes itself a new model first.
  for (const { prototype } of [tfl.LayersModel, tfl.Sequential]) guardCompile(prototype);
  guardSave(tfl.LayersModel.prototype);
}

function guardCompile(prototype: tfl.LayersModel): void {
  const { compile } = prototype;
  prototype.compile = function (this: tfl.LayersModel, args) {
    const { optimizer } = args;
    // tfjs refuses what is no optimizer.
    if (typeof optimizer === 'object' && optimizer !== null) checkOptimizerState('compile', this, optimizer);
    compile.call(this, args);
  };
}

function guardSave(prototype: tfl.LayersModel): void {
  const { save } = prototype;
  prototype.save = async function (this: tfl.LayersModel, handlerOrURL, config) {
    if (config?.includeOptimizer && this.optimizer != null) {
      checkOptimizerState('save with includeOptimizer', this, this.optimizer);
    }
    return save.call(this, handlerOrURL, config);
  };
}
