/** What can be measured: operations, the phases each of them has, and the memory traffic that each phase cannot avoid. */
import type { Norm } from '@bn/lenet';

/**
 * `forward`: with the statistics of x. `forwardBackward`: that, and the gradients in x, gamma and beta. `inference`: with
 * given statistics, where the operation has any. `read` and `copy` are those of memory, `step` is one of LeNet's training.
 */
export type Phase = 'forward' | 'forwardBackward' | 'inference' | 'read' | 'copy' | 'step';

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

/** `read` and `copy` are a tensor's; `lenet-batch` is a training step of LeNet with batch norm, and so on. */
export type Operation = Normalization | LenetOperation | 'read' | 'copy';

/** Passes over memory, in tensors of x's size: how many are only read, and how many are read while as many are written. */
export interface Traffic {
  readonly reads: number;
  readonly copies: number;
}

/** What one kind of work can be measured at. */
interface OperationFacts {
  readonly title: string;
  /**
   * Phases, and the traffic that each cannot do without. Statistics across the batch need x twice, for themselves and for y;
   * those per sample find x in the cache the second time. Backward is the same in x and dy, and writes dx. Undefined if x
   * is not what the time goes into.
   */
  readonly traffic: Partial<Record<Phase, Traffic | undefined>>;
}

const acrossBatch = {
  forward: { reads: 1, copies: 1 },
  forwardBackward: { reads: 4, copies: 2 },
  inference: { reads: 0, copies: 1 },
};
// Their statistics come from x in inference too: forward is the same computation, and not measured twice.
const perSample = {
  inference: { reads: 0, copies: 1 },
  forwardBackward: { reads: 1, copies: 2 },
};

const lenetFacts = Object.fromEntries(
  lenetNorms.map((norm) => [
    `lenet-${norm}`,
    { title: `LeNet, ${norm === 'none' ? 'no' : norm} norm`, traffic: { step: undefined } },
  ]),
) as unknown as Record<LenetOperation, OperationFacts>;

export const operations: Readonly<Record<Operation, OperationFacts>> = {
  batchNorm: { title: 'BatchNorm', traffic: acrossBatch },
  batchNormLayer: { title: 'BatchNorm layer', traffic: acrossBatch },
  layerNorm: { title: 'LayerNorm', traffic: perSample },
  groupNorm: { title: 'GroupNorm', traffic: perSample },
  instanceNorm: { title: 'InstanceNorm', traffic: perSample },
  rmsNorm: { title: 'RMSNorm', traffic: perSample },
  ...lenetFacts,
  read: { title: 'read', traffic: { read: { reads: 1, copies: 0 } } },
  copy: { title: 'copy', traffic: { copy: { reads: 0, copies: 1 } } },
};

/** Whether an operation is of the machine: the measure of the others, and nobody's product. */
export const isOfMemory = (operation: Operation): boolean => operation === 'read' || operation === 'copy';

export const operationNames = Object.keys(operations) as Operation[];

/** Those that a person can ask for; reads and copies come by themselves. */
export const askedOperations = operationNames.filter((name) => !isOfMemory(name));

/** The norm of an operation that trains LeNet; undefined for others. */
export function lenetNorm(operation: Operation): Norm | undefined {
  return operation.startsWith('lenet-') ? (operation.slice('lenet-'.length) as Norm) : undefined;
}

export const phaseTitles: Readonly<Record<Phase, string>> = {
  forward: 'forward',
  forwardBackward: 'forward + backward',
  inference: 'inference',
  read: '',
  copy: '',
  step: 'training step',
};

/** Groups of group norm, where the channels can be divided by as many. */
export const groupCount = 32;
export const epsilon = 1e-5;
/** Of LeNet: the tutorial's 0.9 would train noise into infinities. */
export const learningRate = 0.01;
