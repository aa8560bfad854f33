/**
 * What @bn/mpi sends in a training step.
 *
 * A batch norm of C channels gathers 1 + 3 C values of every rank forward (count, means, variances) and 2 C backward. The gradients
 * are preceded by a gather of the tensors' sizes, and averaged in rounds: each rank gets its part of all, and sends the mean to all.
 * Two ranks give each other the whole, which is as many bytes.
 *
 *     gather of v values    (p - 1) b bytes reach each of p ranks, b = 4032, and 8 for each value beyond 502
 *     average of G values   2 (p - 1) / p 4 G bytes
 */
import type { Network } from './networks.js';

export interface Traffic {
  /** Calls of MPI, in each of which a rank waits for all others. */
  readonly calls: number;
  /** Messages that a rank gets one after the other. */
  readonly messages: number;
  /** Bytes that reach a rank. */
  readonly bytes: number;
}

const firstMessage = { values: 502, bytes: 4032 } as const;
const gradientsPerRound = 2 ** 22;

export const noTraffic: Traffic = { calls: 0, messages: 0, bytes: 0 };

export const sum = (parts: readonly Traffic[]): Traffic =>
  parts.reduce(
    (all, { calls, messages, bytes }) => ({
      calls: all.calls + calls,
      messages: all.messages + messages,
      bytes: all.bytes + bytes,
    }),
    noTraffic,
  );

/** Every rank gets `values` float64 values of every other. */
export function gatherTraffic(values: number, ranks: number): Traffic {
  if (ranks === 1) return noTraffic;
  const more = Math.max(0, values - firstMessage.values);
  const calls = more > 0 ? 2 : 1;
  return {
    calls,
    messages: calls * messagesOfGather(ranks),
    bytes: (ranks - 1) * (firstMessage.bytes + 8 * more),
  };
}

/**
 * Open MPI 4.1 doubles what each rank has with every message up to 31 ranks; from 32 on neighbours exchange (for messages of 4 kB,
 * by its table of fixed decisions).
 */
function messagesOfGather(ranks: number): number {
  return ranks < 32 ? Math.ceil(Math.log2(ranks)) : Math.ceil(ranks / 2);
}

/** Every rank gets the mean of all `gradients`, float32. */
export function averageTraffic(gradients: number, ranks: number): Traffic {
  if (ranks === 1) return noTraffic;
  const calls = (ranks === 2 ? 1 : 2) * Math.ceil(gradients / gradientsPerRound);
  return {
    calls,
    messages: calls * (ranks - 1),
    bytes: ((2 * (ranks - 1)) / ranks) * 4 * gradients,
  };
}

/** The values that the batch norms of a step gather, in the order in which they do. */
export const gathersOfBatchNorms = ({ batchNorms }: Network): number[] => [
  ...batchNorms.map((channels) => 1 + 3 * channels),
  ...[...batchNorms].reverse().map((channels) => 2 * channels),
];

export const batchNormTraffic = (network: Network, ranks: number): Traffic =>
  sum(gathersOfBatchNorms(network).map((values) => gatherTraffic(values, ranks)));

/** Of the gradients, with their sizes before them. */
export const gradientTraffic = ({ tensors, parameters }: Network, ranks: number): Traffic =>
  sum([gatherTraffic(tensors, ranks), averageTraffic(parameters, ranks)]);

export const stepTraffic = (network: Network, ranks: number): Traffic =>
  sum([batchNormTraffic(network, ranks), gradientTraffic(network, ranks)]);
