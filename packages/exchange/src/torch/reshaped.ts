/**
 * The order of features before a Reshape to an image: PyTorch makes [channels, height, width] of them, tf.layers [height, width,
 * channels], so that the weights of what gives them stand in another order.
 */
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { StateDictError } from '../errors.js';
import { keepsOrder, ofImages } from './flattened.js';

type Layer = SymbolicTensor['sourceLayer'];
type Sizes = readonly number[] | undefined;

const readersOf = (layer: Layer): Layer[] => layer.outboundNodes.map(({ outboundLayer }) => outboundLayer);

/**
 * The sizes [channels, ...spatial] that PyTorch divides the features of a layer's output into, if they stand in another order here.
 *
 * @throws StateDictError if the features are taken as an image and as they are, or as different images.
 */
export function reshapedSizes(layer: Layer): Sizes {
  const found = new Map<string, Sizes>();
  const passing = new Set([layer]);
  // It goes on with what is added meanwhile.
  for (const source of passing) {
    for (const reader of readersOf(source)) {
      const name = reader.getClassName();
      if (keepsOrder(name)) passing.add(reader);
      else {
        const sizes = name === 'Reshape' ? imageSizes(reader) : undefined;
        found.set(String(sizes), sizes);
      }
    }
  }
  const [first, ...others] = found.values();
  if (others.length === 0) return first;
  throw new StateDictError(
    `layer '${layer.name}' gives features that are read in several orders, as an image and otherwise: the order of PyTorch's weights is ` +
      'not known; load this layer by itself with setWeights',
  );
}

function imageSizes(reshape: Layer): Sizes {
  const { inputTensors, outputTensors } = reshape.inboundNodes[0]!;
  const sizes = outputTensors[0]!.shape.slice(1) as number[];
  if (inputTensors[0]!.rank !== 2 || sizes.length < 2) return undefined;
  const images = readersOf(reshape).filter((reader) => ofImages.test(reader.getClassName()));
  const isFirst = images.some((reader) => reader.getConfig().dataFormat === 'channelsFirst');
  // What has two axes may be a sequence, whose features are last in PyTorch, too, unless a convolution reads it.
  const isImage = sizes.length > 2 || images.length > 0;
  // One channel, or one pixel, has one order.
  const isOrdered = sizes.at(-1) === 1 || sizes.slice(0, -1).every((size) => size === 1);
  return isImage && !isFirst && !isOrdered ? [sizes.at(-1)!, ...sizes.slice(0, -1)] : undefined;
}
