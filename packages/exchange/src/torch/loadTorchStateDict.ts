/** Loads a state dict of PyTorch, saved as safetensors, into a model of tf.layers. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type StateDictDifference, StateDictError } from '../errors.js';
import { describe, elementsOf, type NamedArray } from '../safetensors/arrays.js';
import { passedOver } from './layouts.js';
import { type StateDict, stateDictOf, type TorchFile } from './stateDict.js';
import { layersOf, type Wanted, wantedBy } from './wanted.js';

export interface LoadTorchOptions {
  /**
   * By the name of a layer, that of PyTorch's module, for example `{ conv2d_1: 'features.0' }`; or a function of the layer's name.
   * A layer that is not named is the module of the same name. The name of a layer in a nested model is `'model.layer'`.
   */
  readonly names?: Readonly<Record<string, string>> | ((layer: string) => string);
  /** Whether the file may have weights that no layer wants; they are reported. Default false. */
  readonly allowUnexpected?: boolean;
}

export interface LoadTorchReport {
  /** Each weight that was loaded: its name in the file, and its layer. */
  readonly loaded: readonly { readonly name: string; readonly layer: string }[];
  /** Names in the file that were passed over: counts of batches, which tf.layers does not have. */
  readonly passedOver: readonly string[];
  /** Names in the file that no layer wants; none, unless they are allowed. */
  readonly unexpected: readonly string[];
}

/**
 * Sets all weights of a model, moving statistics too, from a state dict of PyTorch. The axes are turned into tf.layers' order:
 * filters of convolutions (1-D to 3-D, depthwise, separable, transposed) and Dense kernels; behind Flatten, and before a Reshape to an
 * image, also the features, which PyTorch has with channels first. A SeparableConv2D named `m` takes `m.depthwise.weight`, `m.pointwise.weight` and
 * `m.pointwise.bias`. Numbers may be F32, F16, BF16 or F64.
 *
 * A state dict has weights only: that the layers compute the same is up to the model. PyTorch's epsilon is 1e-5, that of
 * tf.layers 1e-3; `padding: 'same'` with strides pads differently; tf.layers' recurrent layers are not supported.
 *
 * @throws StateDictError if any weight is missing, unexpected, or of a wrong shape or type: its `differences` list all of
 * them, and nothing was loaded. Also for layers whose layout in PyTorch is not known.
 */
export async function loadTorchStateDict(
  model: LayersModel,
  file: TorchFile,
  { names = {}, allowUnexpected = false }: LoadTorchOptions = {},
): Promise<LoadTorchReport> {
  const state = stateDictOf(file);
  const wanted = wantedWeights(model, names);
  const known = new Set(wanted.map(({ name }) => name));
  const others = [...state.descriptions.keys()].filter((name) => !known.has(name));
  const isPassedOver = (name: string) => passedOver.includes(name.split('.').at(-1)!);
  const unexpected = others.filter((name) => !isPassedOver(name));
  refuseDifferences([
    ...wanted.flatMap((weight) => differenceOf(weight, state)),
    ...(allowUnexpected
      ? []
      : unexpected.map((name) => ({ name, got: describe(state.descriptions.get(name)!) }))),
  ]);
  // All is read before the first weight changes.
  const numbers = await Promise.all(
    wanted.map(async ({ name, shape, convert }) => convert(floatsOf(name, shape, await state.read(name)))),
  );
  tf.tidy(() => {
    for (const [i, { variable }] of wanted.entries()) {
      variable.write(tf.tensor(numbers[i]!, variable.shape as number[], 'float32'));
    }
  });
  return {
    loaded: wanted.map(({ name, layer }) => ({ name, layer })),
    passedOver: others.filter(isPassedOver),
    unexpected,
  };
}

function wantedWeights(model: LayersModel, names: NonNullable<LoadTorchOptions['names']>): Wanted[] {
  const layers = layersOf(model);
  if (typeof names === 'function')
    return layers.flatMap(([path, layer]) => wantedBy(path, layer, names(path)));
  const paths = layers.map(([path]) => path);
  const stray = Object.keys(names).find((name) => !paths.includes(name));
  if (stray !== undefined) {
    throw new StateDictError(
      `names: expected names of layers with weights, got '${stray}'; the model has ${paths.join(', ')}`,
    );
  }
  return layers.flatMap(([path, layer]) =>
    wantedBy(path, layer, Object.hasOwn(names, path) ? names[path]! : path),
  );
}

const floats = ['F32', 'F16', 'BF16', 'F64'];

function differenceOf({ name, shape, layer }: Wanted, { descriptions }: StateDict): StateDictDifference[] {
  const wanted = describe({ dtype: 'F32', shape });
  const found = descriptions.get(name);
  if (found === undefined) return [{ name, layer, wanted }];
  const fits = floats.includes(found.dtype) && String(found.shape) === String(shape);
  return fits ? [] : [{ name, layer, wanted, got: describe(found) }];
}

function refuseDifferences(differences: readonly StateDictDifference[]): void {
  if (differences.length === 0) return;
  const lines = differences.map(({ name, layer, wanted, got }) => {
    if (wanted === undefined) return `${name}: not expected by any layer, got ${got}`;
    return `${name}: expected ${wanted} for layer '${layer}', ${got === undefined ? 'missing' : `got ${got}`}`;
  });
  throw new StateDictError(
    `this is no state dict of the model; nothing was loaded:\n  ${lines.join('\n  ')}`,
    differences,
  );
}

function floatsOf(name: string, shape: readonly number[], array: NamedArray): Float32Array {
  const count = elementsOf(shape);
  if (array.data.length !== count) {
    throw new StateDictError(
      `${name}: expected ${count} numbers for the shape [${shape.join(', ')}], got ${array.data.length}; nothing was loaded`,
    );
  }
  if (array.data instanceof Float32Array) return array.data;
  const numbers = array.data as Float64Array;
  const rounded = Float32Array.from(numbers);
  const at = rounded.findIndex((value, i) => !Number.isFinite(value) && Number.isFinite(numbers[i]));
  if (at >= 0) {
    throw new StateDictError(
      `${name}: expected numbers that float32 can hold, got ${numbers[at]}; nothing was loaded`,
    );
  }
  return rounded;
}
