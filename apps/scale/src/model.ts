/**
 * Time of a training step by the alpha-beta model: a message of b bytes takes alpha + beta b (Hockney, 1994). With p ranks and N
 * images in all:
 *
 *     step          = fixed + perImage ceil(N / p) + communication
 *     communication = alpha messages + beta bytes + perGradient G
 *
 * Milliseconds throughout. Waiting for a slower rank, and computing while messages travel, are left out: a step of @bn/mpi blocks.
 */
import type { Network } from './networks.js';
import { stepTraffic, type Traffic } from './traffic.js';

/** Between ranks, in milliseconds. */
export interface Link {
  /** Of a message, whatever its length. */
  readonly alpha: number;
  /** Of a byte more. */
  readonly beta: number;
}

/** What a rank computes, in milliseconds. */
export interface Work {
  /** Of a step, whatever its batch. */
  readonly fixed: number;
  readonly perImage: number;
}

export interface Group {
  readonly ranks: number;
  readonly link: Link;
  /** To flatten, add up and spread one value of the gradients, in milliseconds. */
  readonly perGradient: number;
}

export interface Step extends Group {
  /** Over all ranks. */
  readonly images: number;
  readonly work: Work;
  /** If they are fewer than ranks, ranks take turns. Default: one for each rank. */
  readonly cores?: number;
}

/** Milliseconds in which messages travel. */
export const travelTime = ({ messages, bytes }: Traffic, { alpha, beta }: Link): number =>
  alpha * messages + beta * bytes;

/** Milliseconds of a step in which ranks communicate. */
export function communicationTime(network: Network, { ranks, link, perGradient }: Group): number {
  if (ranks === 1) return 0;
  return travelTime(stepTraffic(network, ranks), link) + perGradient * network.parameters;
}

/** Milliseconds of a step. */
export function stepTime(network: Network, step: Step): number {
  const { images, ranks, work, cores = ranks } = step;
  const turns = Math.max(1, ranks / cores);
  const computing = work.fixed + work.perImage * Math.ceil(images / ranks);
  return turns * computing + communicationTime(network, step);
}

/** The number of ranks, of those given, with the shortest step on a batch that stays the same: more do not pay. */
export function fastestRanks(network: Network, ranks: readonly number[], step: Omit<Step, 'ranks'>): number {
  const times = ranks.map((count) => stepTime(network, { ...step, ranks: count }));
  return ranks[times.indexOf(Math.min(...times))]!;
}

/** The share of the ranks' time that is worth something if every rank has `images` images: of one rank 1. */
export function efficiency(network: Network, step: Step): number {
  const alone = stepTime(network, { ...step, ranks: 1 });
  return alone / stepTime(network, { ...step, images: step.images * step.ranks });
}

/** The largest number of ranks, of those given, with an efficiency of at least a half; every rank has `images` images. */
export function halfEfficientRanks(
  network: Network,
  ranks: readonly number[],
  step: Omit<Step, 'ranks'>,
): number {
  return Math.max(...ranks.filter((count) => efficiency(network, { ...step, ranks: count }) >= 0.5));
}
