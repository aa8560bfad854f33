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
  'Addons>InstanceNormalization',
]);
const elementwise = new Set(['Add', 'Multiply', 'Average', 'Maximum', 'Minimum']);
const ofImages =
  /^(Conv|SeparableConv|DepthwiseConv|MaxPooling|AveragePooling|ZeroPadding|UpSampling|Cropping)\d?/;

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

function sizesOf(tensor: SymbolicTensor, reader: string): readonly number[] | undefined {
  const { sourceLayer: source, nodeIndex } = tensor;
  const name = source.getClassName();
  const inputs = source.inboundNodes[nodeIndex]?.inputTensors ?? [];
  if (inputs.length === 0) return undefined;
  if (keepOrder.has(name) || elementwise.has(name)) return sizesOf(inputs[0]!, reader);
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
function formatOf(tensor: SymbolicTensor): 'channelsFirst' | 'channelsLast' | undefined {
  const { sourceLayer: source, nodeIndex } = tensor;
  const name = source.getClassName();
  if (ofImages.test(name)) {
    return source.getConfig().dataFormat === 'channelsFirst' ? 'channelsFirst' : 'channelsLast';
  }
  const input = source.inboundNodes[nodeIndex]?.inputTensors[0];
  if (input === undefined) return tensor.rank >= 4 ? 'channelsLast' : undefined;
  return keepOrder.has(name) || elementwise.has(name) || name === 'Concatenate' ? formatOf(input) : undefined;
}
