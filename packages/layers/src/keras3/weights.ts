/** Which weight of a file belongs to which variable of a model. */
import { ShapeError, StateDictError } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/** A weight as a file has it. Names need not be unique: Keras 3 names two layers of two nested models alike. */
export interface NamedWeight {
  name: string;
  tensor: tf.Tensor;
}

interface Target {
  path: string[];
  variable: tfl.LayerVariable;
}

/** By code points, as Python sorts. */
const byName = (a: tfl.layers.Layer, b: tfl.layers.Layer): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : 0;

/**
 * The variables in the order of Keras' files, which matters for names that occur twice: by the name of the model's direct layers, and
 * of each first those that are trained.
 */
function targetsOf(model: tfl.LayersModel): Target[] {
  return [...model.layers].sort(byName).flatMap((layer) =>
    [...layer.trainableWeights, ...layer.nonTrainableWeights].map((variable) => ({
      path: variable.originalName.split('/'),
      variable,
    })),
  );
}

/** Whether a path has all of these parts in this order, and ends with the last of them. */
function endsWith(path: readonly string[], parts: readonly string[]): boolean {
  let found = 0;
  for (const part of path) if (part === parts[found]) found++;
  return found === parts.length && path.at(-1) === parts.at(-1);
}

/** A depthwise convolution calls its weight `depthwise_kernel` in tfjs and Keras 2, `kernel` in Keras 3. */
const inKeras3 = (parts: readonly string[]): string[] =>
  parts.map((part) => (part === 'depthwise_kernel' ? 'kernel' : part));

/**
 * Sets the weights of a model, after all of them were found and checked: see `pairWeights`.
 *
 * @param strict Refuse weights without a variable, and variables without a weight. Shapes are always checked.
 */
export function assignWeights(
  model: tfl.LayersModel,
  weights: readonly NamedWeight[],
  strict: boolean,
): void {
  tf.tidy(() => {
    for (const [variable, tensor] of pairWeights(model, weights, strict)) {
      variable.write(tf.cast(tensor, variable.read().dtype));
    }
  });
}

/**
 * Pairs each weight with the variable that its name ends in: `dense/kernel` for tfjs may be `sequential/dense/kernel` in Keras 3,
 * `lstm/kernel` be `lstm/lstm_cell/kernel`. If weights share a name, the first is that of the first layer, in the order of the file.
 *
 * @throws StateDictError that names those left over; ShapeError that names the weight, its shape and that of the variable.
 */
function pairWeights(model: tfl.LayersModel, weights: readonly NamedWeight[], strict: boolean) {
  const open = targetsOf(model);
  const unknown: string[] = [];
  const pairs: [tfl.LayerVariable, tf.Tensor][] = [];
  for (const { name, tensor } of weights) {
    const path = name.split('/');
    const named = open.filter((target) => endsWith(path, target.path));
    const fits = named.length > 0 ? named : open.filter((target) => endsWith(path, inKeras3(target.path)));
    const best = fits.reduce<Target | undefined>(
      (longest, target) => (longest && longest.path.length >= target.path.length ? longest : target),
      undefined,
    );
    if (best === undefined) {
      unknown.push(name);
      continue;
    }
    open.splice(open.indexOf(best), 1);
    checkShape(name, tensor.shape, best.variable.shape);
    pairs.push([best.variable, tensor]);
  }
  if (strict && unknown.length + open.length > 0) {
    throw new StateDictError(
      `the weights of the file are not those of the model: ${listed(
        'missing',
        open.map(({ variable }) => variable.originalName),
      )}` +
        `${listed('not in the model', unknown)}; convert the model again, or load it with strict: false to leave them out`,
    );
  }
  return pairs;
}

const listed = (what: string, names: readonly string[]): string =>
  names.length === 0
    ? ''
    : `${names.length} ${what} (${names.slice(0, 5).join(', ')}${names.length > 5 ? ', ...' : ''}) `;

function checkShape(name: string, got: readonly unknown[], wanted: readonly unknown[]): void {
  if (String(got) === String(wanted)) return;
  throw new ShapeError(
    `the weight '${name}' has shape [${got}], and its layer wants [${wanted}]; the weights are those of another model`,
  );
}
