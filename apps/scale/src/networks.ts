/** Networks as far as communication sees them. */

export type NetworkName = 'LeNet' | 'ResNet-50';

export interface Network {
  readonly name: NetworkName;
  /** Values of all gradients. */
  readonly parameters: number;
  /** Tensors of gradients. */
  readonly tensors: number;
  /** Channels of each batch norm. */
  readonly batchNorms: readonly number[];
}

/** LeNet with batch norm, as apps/lenet trains it. */
export const leNet: Network = {
  name: 'LeNet',
  parameters: 44_878,
  tensors: 18,
  batchNorms: [6, 16, 120, 84],
};

/** The four stages of ResNet-50: blocks, and channels within a block; a block ends in four times as many. */
const stages = [
  [3, 64],
  [4, 128],
  [6, 256],
  [3, 512],
] as const;

/** ResNet-50 (He et al., 2016) for 1,000 classes: 53 convolutions, each with a batch norm, and a dense layer. */
export const resNet50: Network = {
  name: 'ResNet-50',
  parameters: 25_557_032,
  tensors: 3 * 53 + 2,
  batchNorms: [
    64,
    ...stages.flatMap(([blocks, channels]) => [
      4 * channels,
      ...Array.from({ length: blocks }, () => [channels, channels, 4 * channels]).flat(),
    ]),
  ],
};

export const networks: readonly Network[] = [leNet, resNet50];

/** Of a step for one image of 224x224: 4.09e9 multiplications and as many additions forward, twice that backward. */
export const resNet50Operations = 3 * 2 * 4.09e9;
