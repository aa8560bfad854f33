/** What can be measured: operations, the phases each of them has, and the memory traffic that each phase cannot avoid. */
import type { Norm } from '@bn/lenet';

/**
 * `forward`: with the statistics of x. `forwardBackward`: that, and the gradients in x, gamma and beta. `inference`: with
 * given statistics, where the operation has any. `copy` and `step` belong to the operations of these names.
 */
export type Phase = 'forward' | 'forwardBackward' | 'inference' | 'copy' | 'step';

/** The phases of a normalization, as `--phases` takes them. */
export const normalizationPhases = ['forward', 'forwardBackward', 'inference'] as const;

/** Norms that LeNet is trained with. */
const lenetNorms = ['none', 'batch', 'layer', 'group', 'instance'] as const satisfies readonly Norm[];
type LenetOperation = `lenet-${(typeof lenetNorms)[number]}`;

/** Normalizations; `batchNormLayer` is the layer, which also moves its running statistics. */
export type Normalization =
  | 'batchNorm'
  | 'batchNormLayer'
  | 'layerNorm'
  | 'groupNorm'
  | 'instanceNorm'
  | 'rmsNorm';

/** `copy` copies a tensor; `lenet-batch` is a training step of LeNet with batch norm, and so on. */
export type Operation = Normalization | LenetOperation | 'copy';

/** What one kind of work can be measured at. */
interface OperationFacts {
  readonly title: string;
  /**
   * Phases, and how often each has to read or write a tensor of x's size. Statistics over the batch need x twice, for
   * themselves and for y; those over a part of a sample find x in the cache the second time. Backward is the same in x and dy.
   * Undefined where x is not what the time goes into.
   */
  readonly passes: Partial<Record<Phase, number | undefined>>;
}

const acrossBatch = { forward: 3, forwardBackward: 8, inference: 2 };
// Their statistics come from x in inference too: forward is the same computation, and not measured twice.
const withinSample = { inference: 2, forwardBackward: 5 };

const lenetFacts = Object.fromEntries(
  lenetNorms.map((norm) => [
    `lenet-${norm}`,
    { title: `LeNet, ${norm === 'none' ? 'no' : norm} norm`, passes: { step: undefined } },
  ]),
) as unknown as Record<LenetOperation, OperationFacts>;

export const operations: Readonly<Record<Operation, OperationFacts>> = {
  batchNorm: { title: 'BatchNorm', passes: acrossBatch },
  batchNormLayer: { title: 'BatchNorm layer', passes: acrossBatch },
  layerNorm: { title: 'LayerNorm', passes: withinSample },
  groupNorm: { title: 'GroupNorm', passes: withinSample },
  instanceNorm: { title: 'InstanceNorm', passes: withinSample },
  rmsNorm: { title: 'RMSNorm', passes: withinSample },
  ...lenetFacts,
  copy: { title: 'copy', passes: { copy: 2 } },
};

export const operationNames = Object.keys(operations) as Operation[];

/** The norm of an operation that trains LeNet; undefined for others. */
export function lenetNorm(operation: Operation): Norm | undefined {
  return operation.startsWith('lenet-') ? (operation.slice('lenet-'.length) as Norm) : undefined;
}

export const phaseTitles: Readonly<Record<Phase, string>> = {
  forward: 'forward',
  forwardBackward: 'forward + backward',
  inference: 'inference',
  copy: '',
  step: 'training step',
};

/** Groups of group norm, where the channels can be divided by as many. */
export const groupCount = 32;
export const epsilon = 1e-5;
/** Of LeNet: the tutorial's 0.9 would train noise into infinities. */
export const learningRate = 0.01;
