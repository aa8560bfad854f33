/**
 * A whole network: what it is trained on, and how one step of SGD goes.
 *
 * Channels and classes are even in number: tfjs's webgl backend sums past the end of odd ones (see the page's list of faults).
 */
import * as tf from '@tensorflow/tfjs';
import { fillWeights, variableOf } from '../layers/weights.js';

export interface Network {
  readonly name: string;
  /** Made anew on the backend in use. */
  make(): Trained;
}

/** One loss, and the weights that are moved to lessen it. */
export interface Objective {
  readonly variables: tf.Variable[];
  loss(): tf.Scalar;
}

export interface Trained {
  /** Each is minimized once in a step, one after the other: two for a generator and its critic. */
  readonly objectives: Objective[];
  dispose(): void;
}

const STEPS = 5;

/** Small enough to be a float32 and a float64 alike. */
const LEARNING_RATE = 0.125;

/** The losses of five steps of SGD on the backend in use, each before its step. */
export function lossesOf({ make }: Network): number[] {
  const { objectives, dispose } = make();
  const optimizer = tf.train.sgd(LEARNING_RATE);
  const losses: number[] = [];
  for (let step = 0; step < STEPS; ++step) {
    for (const { loss, variables } of objectives) {
      const value = optimizer.minimize(loss, true, variables)!;
      losses.push(value.dataSync()[0]!);
      value.dispose();
    }
  }
  optimizer.dispose();
  dispose();
  return losses;
}

/** Weights about as large as Glorot's, so that signals and gradients keep their size. */
function scaleOf(shape: number[]): number {
  if (shape.length < 2) return 0.3;
  const fanIn = shape.slice(0, -1).reduce((product, length) => product * length, 1);
  return 1.2 / Math.sqrt(fanIn);
}

/** Fills the weights of a model that has been built, and lists those that are trained. */
export function prepare(model: tf.LayersModel): tf.Variable[] {
  fillWeights(model, scaleOf);
  return model.trainableWeights.map(variableOf);
}

/** A network of tf.layers, whose loss is of its output in training and of constants made by `makeLoss`. */
export function modelNetwork(
  name: string,
  makeModel: () => tf.LayersModel,
  makeInput: () => tf.Tensor,
  makeLoss: (output: tf.Tensor) => tf.Scalar,
): Network {
  return {
    name,
    make: () => {
      const model = makeModel();
      const variables = prepare(model);
      const loss = () => makeLoss(model.apply(makeInput(), { training: true }) as tf.Tensor);
      return {
        objectives: [{ variables, loss }],
        dispose: () => tf.dispose(model.weights.map(variableOf)),
      };
    },
  };
}
