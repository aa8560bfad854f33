/**
 * How work is split to keep a device busy. A GPU runs thousands of threads at once, and neighbouring threads should read
 * neighbouring memory: many workgroups, and teams of threads that share a run and meet at barriers. A software renderer runs one
 * workgroup on each core, a few threads of it at a time: there a barrier costs more than what it saves, and so does a workgroup
 * (tens of microseconds if its shader has barriers), and each thread goes through memory by itself.
 */

/** Threads of a workgroup that work on one unit together; see wgsl/team.ts. */
export type Team = 1 | 8 | 64;

export interface Parallelism {
  /** Workgroups that keep the device busy. */
  readonly workgroups: number;
  /** Steps that each thread takes, at least: the cost of a workgroup must stay small beside its work. */
  readonly leastSteps: number;
  /** The largest team that shares a run. */
  readonly mostTeam: Team;
  /** The team that merges the records of a statistic. */
  readonly mergeTeam: Team;
}

const hardware: Parallelism = { workgroups: 256, leastSteps: 32, mostTeam: 64, mergeTeam: 8 };
/** SwiftShader shares at most 16 pieces of a dispatch out to the cores. */
const software: Parallelism = { workgroups: 16, leastSteps: 128, mostTeam: 1, mergeTeam: 1 };

/** A browser that does not tell has hardware. */
export const parallelismOf = ({ adapterInfo }: GPUDevice): Parallelism =>
  (adapterInfo as GPUAdapterInfo | undefined)?.isFallbackAdapter === true ? software : hardware;
