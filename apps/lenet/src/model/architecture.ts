/** What tells one network of this app from another, without the layers: the lab's page leaves tfjs to its worker. */

/** What may stand where the tutorial has batch norm. */
export const normNames = ['batch', 'layer', 'group', 'instance', 'none'] as const;
/** The name of a normalization, as `--norm` takes it. */
export type Norm = (typeof normNames)[number];

export const isNorm = (name: string): name is Norm => (normNames as readonly string[]).includes(name);

/** Norms whose statistics run over the batch, which must then hold more than one sample in training. */
const batchStatisticNorms: ReadonlySet<Norm> = new Set(['batch']);

/** Whether some batch of an epoch holds one image, which has no variance, and the norm takes one over the batch. */
export const leavesLoneImage = (norm: Norm, batchSize: number, trainCount: number): boolean =>
  batchStatisticNorms.has(norm) && (batchSize === 1 || trainCount % batchSize === 1);

/** Where the norm stands: before the activation, as the batch norm paper and the tutorial have it, or after it. */
export const placements = ['before', 'after'] as const;
export type Placement = (typeof placements)[number];

export const isPlacement = (name: string): name is Placement =>
  (placements as readonly string[]).includes(name);

/** The layers that have an activation, by the names of PyTorch's modules. */
export const activatedLayers = ['conv1', 'conv2', 'fc1', 'fc2'] as const;
export type ActivatedLayer = (typeof activatedLayers)[number];

/** The layers that have a weight, in the order of the network. */
export const weightedLayers = [...activatedLayers, 'fc3'] as const;
export type WeightedLayer = (typeof weightedLayers)[number];

export interface Architecture {
  readonly norm: Norm;
  /** Default 'before'. */
  readonly placement?: Placement;
}
