/** Which layers batch norm can be folded into. */
import type * as tfl from '@tensorflow/tfjs-layers';
import { isOfClass } from '../tfjsClasses.js';

type Layer = tfl.layers.Layer;

/** What folding has to know of a kind of layer. */
interface Kind {
  /** The weight that is scaled, and how its options begin in the config. */
  readonly kernel: 'kernel' | 'depthwiseKernel' | 'pointwiseKernel';
  readonly options: 'kernel' | 'depthwise' | 'pointwise';
  /** Whether tfjs has it right with the channels first. */
  readonly takesChannelsFirst: boolean;
  /** The output channel of an element of the kernel. */
  channelOf(i: number, kernelShape: readonly (number | null)[], channels: number): number;
}

const onLastAxes = (i: number, _: readonly (number | null)[], channels: number): number => i % channels;
const onLastButOne = (i: number, shape: readonly (number | null)[], channels: number): number =>
  Math.floor(i / shape.at(-1)!) % channels;

const standard: Kind = {
  kernel: 'kernel',
  options: 'kernel',
  takesChannelsFirst: true,
  channelOf: onLastAxes,
};
const transposed: Kind = { ...standard, channelOf: onLastButOne };

/** By tfjs's class. */
const kinds: Readonly<Record<string, Kind>> = {
  Dense: standard,
  // With the channels first tfjs gives out another shape than it says.
  Conv1D: { ...standard, takesChannelsFirst: false },
  Conv2D: standard,
  Conv3D: standard,
  Conv2DTranspose: transposed,
  Conv3DTranspose: transposed,
  // The kernel is [..., channels, multiplier], and the channels of the output are in this order.
  DepthwiseConv2D: { ...standard, kernel: 'depthwiseKernel', options: 'depthwise' },
  // With the channels first tfjs adds the bias along another axis.
  SeparableConv2D: {
    ...standard,
    kernel: 'pointwiseKernel',
    options: 'pointwise',
    takesChannelsFirst: false,
  },
};

/** A layer of tfjs that is linear in its kernel, up to its activation. */
export interface Linear {
  readonly layer: Layer;
  readonly kind: Kind;
  readonly kernel: tfl.LayerVariable;
  readonly bias: tfl.LayerVariable | undefined;
  readonly activation: string;
  readonly channelsFirst: boolean;
}

/** Undefined for a layer of another class. It must be built. */
export function linearOf(layer: Layer): Linear | undefined {
  const kind = Object.entries(kinds).find(([name]) => isOfClass(layer, name))?.[1];
  if (kind === undefined) return undefined;
  const fields = layer as unknown as Record<string, tfl.LayerVariable | null | undefined> & {
    activation?: { getClassName(): string };
    dataFormat?: string;
  };
  return {
    layer,
    kind,
    kernel: fields[kind.kernel]!,
    bias: fields.bias ?? undefined,
    activation: fields.activation?.getClassName() ?? 'linear',
    channelsFirst: fields.dataFormat === 'channelsFirst',
  };
}
