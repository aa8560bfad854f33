/** What src/measure writes into docs/scale. Times are milliseconds. */
import type { NetworkName } from './networks.js';

export interface Results {
  readonly speed: SpeedResults;
  readonly constants: ConstantsResults;
  readonly messages: MessagesResults;
  readonly groups: GroupsResults;
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  /** What else to know of a measurement; shown on the page. */
  readonly remark?: string;
}

/** Of a step of LeNet. */
export interface Measured {
  readonly step: number;
  /** In calls of the group, waiting for the slowest rank included. */
  readonly communication?: number;
}

export const contenders = [
  'oneThread',
  'twoThreads',
  'twoRanks',
  'apart',
  'torchOneThread',
  'torchTwoThreads',
  'torchTwoProcesses',
] as const;
export type Contender = (typeof contenders)[number];

export interface SpeedResults {
  readonly machine: Machine;
  readonly images: number;
  readonly torch: {
    readonly version: string;
    /** The error of SyncBatchNorm on the CPU, or null if there is none. */
    readonly syncBatchNorm: string | null;
  };
  /** Each with all contenders in turn. */
  readonly rounds: readonly Readonly<Record<Contender, Measured>>[];
}

/** A step of LeNet on one rank. */
export interface StepTime {
  readonly images: number;
  readonly step: number;
}

export interface ValuesTime {
  readonly values: number;
  readonly milliseconds: number;
}

/** Between two ranks. */
export interface LinkTimes {
  readonly name: string;
  readonly gathers: readonly ValuesTime[];
  readonly averages: readonly ValuesTime[];
}

export interface ConstantsResults {
  readonly machine: Machine;
  /** By a process that has the machine for itself, and by two at the same time. */
  readonly work: { readonly alone: readonly StepTime[]; readonly busy: readonly StepTime[] };
  /** Of a convolution, forward and backward. */
  readonly operationsPerSecond: number;
  readonly links: readonly LinkTimes[];
}

export interface GroupResult extends Measured {
  readonly link: string;
  readonly ranks: number;
  /** Bytes that have reached the host of rank 0 in a step, if it is a host of its own. */
  readonly received?: number;
}

export interface GroupsResults {
  readonly machine: Machine;
  readonly images: number;
  readonly groups: readonly GroupResult[];
}

/** All messages of a step, without the computing between them. */
export interface MessagesTime {
  readonly network: NetworkName;
  readonly link: string;
  readonly ranks: number;
  readonly milliseconds: number;
}

export interface MessagesResults {
  readonly machine: Machine;
  readonly messages: readonly MessagesTime[];
}
