/** The sums of pieces put together: for statistics, and for channels. Each reads its records once. */
import type * as tf from '@tensorflow/tfjs-core';
import type { Team } from '../device/parallelism.js';
import { reads, type Task, WORKGROUP, writes } from '../device/task.js';
import type { Layout } from '../layouts/layout.js';
import {
  channelRecordsOf,
  plus,
  recordCounts,
  recordsOf,
  summedChannel,
  summedRecords,
} from '../wgsl/records.js';
import { together } from '../wgsl/team.js';

const summedAll = (team: Team): string => together('summedAll', 'vec2<f32>', 'plus', team);
const workgroupsFor = (results: number, team: Team): number => Math.ceil((results * team) / WORKGROUP);

/** A WGSL function that gives each result to a team. */
const mergeText = (name: string, team: Team, count: string, sum: string, store: string): string => `
fn ${name}(workgroup: u32, thread: u32) {
  let i = workgroup * ${WORKGROUP / team}u + thread / ${team}u;
  let index = min(i, sizes.${count} - 1u);
  ${sum}
  if (thread % ${team}u == 0u && i < sizes.${count}) {
    ${store}
  }
}
`;

/** Gamma as a function, for records that are not weighted yet. */
export const gammaOf = 'fn gammaOf(channel: u32) -> f32 { return gamma[channel]; }\n';

/** sumDy and sumDyXhat of each statistic, weighted by gamma: what inputGradient takes. */
export function mergeStatisticSums(
  layout: Layout,
  team: Team,
  pieces: number,
  statistics: number,
  records: tf.TensorInfo,
  gamma: tf.TensorInfo | undefined,
  { sumDy, sumDyXhat }: { sumDy: tf.TensorInfo; sumDyXhat: tf.TensorInfo },
): Task {
  const weighs = gamma !== undefined && !(layout.walk === 'segments' && layout.ownParameters);
  return {
    name: 'mergeStatisticSums',
    variant: `${layout.walk} ${team} ${weighs}`,
    snippets: () => [
      plus,
      summedAll(team),
      recordsOf(layout),
      ...(weighs ? [gammaOf] : []),
      summedRecords(weighs),
    ],
    text: () =>
      mergeText(
        'mergeStatisticSums',
        team,
        'statistics',
        `let total = summedAll(thread, summedRecords(index, thread % ${team}u, ${team}u));`,
        'sumDy[i] = total.x;\n    sumDyXhat[i] = total.y;',
      ),
    buffers: {
      sumRecords: reads(records, 'records'),
      ...(weighs ? { gamma: reads(gamma, 'floats') } : {}),
      sumDy: writes(sumDy, 'floats'),
      sumDyXhat: writes(sumDyXhat, 'floats'),
    },
    sizes: { counts: { ...recordCounts(layout, pieces), statistics } },
    workgroups: workgroupsFor(statistics, team),
  };
}

/** Where the records of channels are, and how many each channel has. */
export interface ChannelRecords {
  readonly name: 'sumRecords' | 'channelRecords';
  readonly layout: Layout;
  readonly records: tf.TensorInfo;
  /** Pieces of each unit or matrix. */
  readonly pieces: number;
  /** Records of each channel. */
  readonly count: number;
}

/** dGamma and dBeta. */
export function mergeChannelSums(
  { name, layout, records, pieces, count }: ChannelRecords,
  team: Team,
  { dGamma, dBeta }: { dGamma: tf.TensorInfo; dBeta: tf.TensorInfo },
): Task {
  return {
    name: 'mergeChannelSums',
    variant: `${layout.walk} ${team} ${name}`,
    snippets: () => [plus, summedAll(team), channelRecordsOf(layout), summedChannel(name)],
    text: () =>
      mergeText(
        'mergeChannelSums',
        team,
        'channels',
        `let total = summedAll(thread, summedChannel(index, thread % ${team}u, ${team}u));`,
        'dBeta[i] = total.x;\n    dGamma[i] = total.y;',
      ),
    buffers: {
      [name]: reads(records, 'records'),
      dGamma: writes(dGamma, 'floats'),
      dBeta: writes(dBeta, 'floats'),
    },
    sizes: {
      counts: {
        channels: layout.channels,
        channelCount: count,
        // Channels of rows have no pieces of units; the units of the same dispatch may.
        ...(name === 'sumRecords' ? { unitRecords: pieces } : {}),
      },
    },
    workgroups: workgroupsFor(layout.channels, team),
  };
}
