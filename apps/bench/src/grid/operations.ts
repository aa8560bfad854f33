/** What can be measured: operations, and the phases that each of them has. */
import type { Norm } from '@bn/lenet';

/**
 * `forward`: with the statistics of x. `forwardBackward`: that, and the gradients in x, gamma and beta. `inference`: with
 * given statistics, if the operation has any. `read` and `copy` are those of memory, `step` is one of LeNet's training.
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

/** What one kind of work can be measured at. */
interface OperationFacts {
  readonly title: string;
  readonly phases: readonly Phase[];
}

// Statistics of one sample come from x in inference too: forward is the same computation, and not measured twice.
const perSample: readonly Phase[] = ['forwardBackward', 'inference'];

const lenetFacts = Object.fromEntries(
  lenetNorms.map((norm) => [
    `lenet-${norm}`,
    { title: `LeNet, ${norm === 'none' ? 'no' : norm} norm`, phases: ['step'] },
  ]),
) as unknown as Record<LenetOperation, OperationFacts>;

export const operations: Readonly<Record<Operation, OperationFacts>> = {
  batchNorm: { title: 'BatchNorm', phases: normalizationPhases },
  batchNormLayer: { title: 'BatchNorm layer', phases: normalizationPhases },
  layerNorm: { title: 'LayerNorm', phases: perSample },
  groupNorm: { title: 'GroupNorm', phases: perSample },
  instanceNorm: { title: 'InstanceNorm', phases: perSample },
  rmsNorm: { title: 'RMSNorm', phases: perSample },
  ...lenetFacts,
  read: { title: 'read', phases: ['read'] },
  copy: { title: 'copy', phases: ['copy'] },
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

/** Groups of group norm, if the channels can be divided by as many. */
export const groupCount = 32;
export const epsilon = 1e-5;
/** Of LeNet: the tutorial's 0.9 would train noise into infinities. */
export const learningRate = 0.01;
