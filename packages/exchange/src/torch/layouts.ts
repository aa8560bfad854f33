/** For each class of layers, where PyTorch keeps its weights and in which order of axes. */

export interface Layout {
  /** The name in the state dict, behind that of the module. */
  readonly source: string;
  /** Axis i of ours is axis `axes[i]` of PyTorch's; left out, they are the same. */
  readonly axes?: readonly number[];
  /** PyTorch's shape, if it is not ours in the order of `axes`, and how it is divided into the axes that `axes` counts. */
  readonly shape?: (ours: readonly number[]) => {
    readonly theirs: readonly number[];
    readonly divided: readonly number[];
  };
  /** Whether the first axis stands for the features of the input, whose order is another behind Flatten. */
  readonly features?: true;
  /** Whether the last axis stands for the features of the output, whose order is another before a Reshape to an image. */
  readonly outputs?: true;
}

/** By the name of a layer's weight. */
export type Layouts = Readonly<Record<string, Layout>>;

const same = (source: string): Layout => ({ source });
const bias = same('bias');
const perFeature = (source: string): Layout => ({ source, features: true, outputs: true });

const convolution = (...axes: number[]): Layouts => ({ kernel: { source: 'weight', axes }, bias });

/** Ours is [height, width, channels, multiplier]; PyTorch's is [channels * multiplier, 1, height, width]. */
const depthwise = (source: string): Layout => ({
  source,
  axes: [2, 3, 0, 1],
  shape: ([height, width, channels, multiplier]) => ({
    theirs: [channels! * multiplier!, 1, height!, width!],
    divided: [channels!, multiplier!, height!, width!],
  }),
});

const affine: Layouts = { gamma: perFeature('weight'), beta: perFeature('bias') };

/** By the name of the class. Transposed convolutions have [in, out, ...] where others have [out, in, ...]: both turn alike. */
export const layouts: Readonly<Record<string, Layouts>> = {
  Dense: {
    kernel: { source: 'weight', axes: [1, 0], features: true, outputs: true },
    bias: { source: 'bias', outputs: true },
  },
  Conv1D: convolution(2, 1, 0),
  Conv2D: convolution(2, 3, 1, 0),
  Conv3D: convolution(2, 3, 4, 1, 0),
  Conv2DTranspose: convolution(2, 3, 1, 0),
  Conv3DTranspose: convolution(2, 3, 4, 1, 0),
  DepthwiseConv2D: { depthwise_kernel: depthwise('weight'), bias },
  SeparableConv2D: {
    depthwise_kernel: depthwise('depthwise.weight'),
    pointwise_kernel: { source: 'pointwise.weight', axes: [2, 3, 1, 0] },
    bias: same('pointwise.bias'),
  },
  BatchNormalization: {
    ...affine,
    moving_mean: perFeature('running_mean'),
    moving_variance: perFeature('running_var'),
  },
  LayerNormalization: affine,
  GroupNormalization: affine,
  'Addons>InstanceNormalization': affine,
  RMSNormalization: { scale: perFeature('weight') },
  Embedding: { embeddings: same('weight') },
};

/** What PyTorch saves and tf.layers has no place for: it is passed over. */
export const passedOver = ['num_batches_tracked'];
