/**
 * The order of features behind Flatten: PyTorch flattens images as [channels, height, width], tf.layers as [height, width,
 * channels], so that the weights of what follows stand in another order.
 */
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { StateDictError } from '../errors.js';

type Layer = SymbolicTensor['sourceLayer'];

/** Layers whose outputs have the features of their input, in its order. */
const keepOrder = new Set([
  ...['Activation', 'ReLU', 'LeakyReLU', 'ELU', 'PReLU', 'ThresholdedReLU', 'Softmax'],
  ...['Dropout', 'SpatialDropout1D', 'AlphaDropout', 'GaussianDropout', 'GaussianNoise', 'Masking'],
  ...['BatchNormalization', 'LayerNormalization', 'GroupNormalization', 'RMSNormalization'],
  ...['Addons>InstanceNormalization', 'Normalization', 'UnitNormalization', 'Rescaling'],
]);
const elementwise = new Set(['Add', 'Multiply', 'Average', 'Maximum', 'Minimum']);
export const ofImages =
  /^(Conv|SeparableConv|DepthwiseConv|MaxPooling|AveragePooling|ZeroPadding|UpSampling|Cropping|Resizing|CenterCrop)\d?/;

/** The input of the layer's first call. */
const inputOf = (layer: Layer, node = 0): SymbolicTensor | undefined =>
  layer.inboundNodes[node]?.inputTensors[0];

/**
 * The sizes [channels, ...spatial] that the features of a layer's input have been flattened from in PyTorch, if they stand in
 * another order here.
 *
 * @throws StateDictError if the features are flattened images joined with others: their order is not known.
 */
export function flattenedSizes(layer: Layer): readonly number[] | undefined {
  const input = inputOf(layer);
  return input && sizesOf(input, layer.name);
}

const inputsOf = ({ sourceLayer, nodeIndex }: SymbolicTensor): readonly SymbolicTensor[] =>
  sourceLayer.inboundNodes[nodeIndex]?.inputTensors ?? [];
export const keepsOrder = (name: string): boolean => keepOrder.has(name) || elementwise.has(name);

/** The tensor before all layers of some classes that stand in a row; the first input of those that have several. */
function before(tensor: SymbolicTensor, passes: (className: string) => boolean): SymbolicTensor {
  let first = tensor;
  for (let next: SymbolicTensor | undefined = tensor; next !== undefined; ) {
    first = next;
    next = passes(first.sourceLayer.getClassName()) ? inputsOf(first)[0] : undefined;
  }
  return first;
}

function sizesOf(after: SymbolicTensor, reader: string): readonly number[] | undefined {
  const tensor = before(after, keepsOrder);
  const { sourceLayer: source } = tensor;
  const name = source.getClassName();
  const inputs = inputsOf(tensor);
  if (inputs.length === 0) return undefined;
  if (name === 'Concatenate' && inputs.some((input) => sizesOf(input, reader))) {
    throw new StateDictError(
      `layer '${reader}' reads flattened images that are joined with others: the order of PyTorch's weights is not known; ` +
        'pool the images globally, or load this layer by itself with setWeights',
    );
  }
  if (name === 'Flatten' || (name === 'Reshape' && tensor.shape.length === 2)) {
    return channelsFirstSizes(source, inputs[0]!);
  }
  return undefined;
}

function channelsFirstSizes(flatten: Layer, image: SymbolicTensor): readonly number[] | undefined {
  const sizes = image.shape.slice(1) as number[];
  const format = formatOf(image);
  if (format === undefined || sizes.length < 2) return undefined;
  // Flatten of tf.layers puts channels last by itself if it is told that they are first.
  const turns = flatten.getConfig().dataFormat === 'channelsFirst';
  if (turns) return sizes;
  return format === 'channelsLast' ? [sizes.at(-1)!, ...sizes.slice(0, -1)] : undefined;
}

/** The data format of an image; undefined for what is no image, such as a sequence. */
function formatOf(after: SymbolicTensor): 'channelsFirst' | 'channelsLast' | undefined {
  const tensor = before(after, (name) => keepsOrder(name) || name === 'Concatenate');
  const { sourceLayer: source } = tensor;
  const name = source.getClassName();
  if (ofImages.test(name)) {
    return source.getConfig().dataFormat === 'channelsFirst' ? 'channelsFirst' : 'channelsLast';
  }
  const isImage = name === 'InputLayer' || name === 'Reshape';
  return isImage && tensor.rank >= 4 ? 'channelsLast' : undefined;
}
