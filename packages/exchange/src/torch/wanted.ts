/** The weights of a model of tf.layers, each with its name, shape and order of axes in PyTorch's state dict. */
import type { LayersModel, LayerVariable, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { StateDictError } from '../errors.js';
import { transpose } from '../transpose.js';
import { flattenedSizes } from './flattened.js';
import { type Layout, type Layouts, layouts } from './layouts.js';
import { reshapedSizes } from './reshaped.js';

type Layer = SymbolicTensor['sourceLayer'];

/** A weight that the state dict has to bring. */
export interface Wanted {
  /** In the state dict. */
  readonly name: string;
  /** In the state dict. */
  readonly shape: readonly number[];
  /** Names of the layer, with those of the models around it. */
  readonly layer: string;
  readonly variable: LayerVariable;
  /** The numbers in our order. */
  readonly convert: (numbers: Float32Array) => Float32Array;
}

/** The layers that have weights by their paths: names, behind those of the models that they are nested in. */
export function layersOf(model: LayersModel, path = ''): [path: string, layer: Layer][] {
  return model.layers.flatMap((layer): [string, Layer][] => {
    const own = path + layer.name;
    if ('layers' in layer) return layersOf(layer as unknown as LayersModel, `${own}.`);
    if (!layer.built) {
      throw new StateDictError(
        `layer '${own}' has no weights yet: give the first layer an inputShape, or build the model`,
      );
    }
    return layer.weights.length > 0 ? [[own, layer]] : [];
  });
}

export function wantedBy(path: string, layer: Layer, module: string): Wanted[] {
  const className = layer.getClassName();
  const known: Layouts | undefined = Object.hasOwn(layouts, className) ? layouts[className] : undefined;
  return layer.weights.map((variable): Wanted => {
    const weight = variable.originalName.split('/').at(-1)!;
    const layout = known?.[weight];
    if (layout === undefined) {
      throw new StateDictError(
        `layer '${path}': the layout of '${weight}' of ${className} in PyTorch is not known; known are ` +
          `${Object.keys(layouts).join(', ')}`,
      );
    }
    const shape = variable.shape as number[];
    if (className === 'LayerNormalization' && shape.length > 1) {
      throw new StateDictError(
        `layer '${path}' normalizes over ${shape.length} axes: whether their order is that of PyTorch is not known; load ` +
          'this layer by itself with setWeights',
      );
    }
    return { name: `${module}.${layout.source}`, layer: path, variable, ...turned(layer, layout, shape) };
  });
}

function turned(layer: Layer, layout: Layout, ours: readonly number[]): Pick<Wanted, 'shape' | 'convert'> {
  const axes = layout.axes ?? ours.map((_, axis) => axis);
  const inTheirOrder = axes.map((_, axis) => ours[axes.indexOf(axis)]!);
  const { theirs, divided } = layout.shape?.(ours) ?? { theirs: inTheirOrder, divided: inTheirOrder };
  const flattened = layout.features ? flattenedSizes(layer) : undefined;
  // The features of a vector of weights are those of the input and of the output.
  const reshaped = layout.outputs && !(flattened && ours.length === 1) ? reshapedSizes(layer) : undefined;
  if ((flattened || reshaped) && layer.getClassName() === 'GroupNormalization') {
    throw new StateDictError(
      `layer '${layer.name}' has groups of flattened images, which PyTorch divides otherwise: put it ${flattened ? 'before Flatten' : 'behind Reshape'}`,
    );
  }
  const convert = (numbers: Float32Array): Float32Array => {
    const x = transpose(numbers, divided, axes);
    const rows = flattened ? channelsLast(x, flattened) : x;
    return reshaped ? columnsLast(rows, reshaped) : rows;
  };
  return { shape: theirs, convert };
}

/** Rows in the order [channels, ...spatial] in that of [...spatial, channels]. */
function channelsLast(rows: Float32Array, [channels, ...spatial]: readonly number[]): Float32Array {
  const positions = spatial.reduce((product, size) => product * size, 1);
  const width = rows.length / (channels! * positions);
  return transpose(rows, [channels!, positions, width], [1, 0, 2]);
}

/** The same of columns. */
function columnsLast(rows: Float32Array, [channels, ...spatial]: readonly number[]): Float32Array {
  const positions = spatial.reduce((product, size) => product * size, 1);
  const height = rows.length / (channels! * positions);
  return transpose(rows, [height, channels!, positions], [0, 2, 1]);
}
