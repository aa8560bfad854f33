/**
 * Mean and variance of each piece: mean = sum(x) / n, variance = sum((x - mean)^2) / n, of n elements.
 * Reads x once; writes one record for each piece.
 *
 * Eight steps at a time are summed in registers, relative to the first element of the unit (the pivot), and merged.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { reads, type Task, WORKGROUP, writes } from '../device/task.js';
import type { Grid } from '../layouts/grid.js';
import type { Columns, Layout, Segments } from '../layouts/layout.js';
import { joinedLanes, laneMoments, moments } from '../wgsl/moments.js';
import { together } from '../wgsl/team.js';
import { at, blocks, pairwise, piece } from '../wgsl/walk.js';

/** Text that gathers `sum`, the moments of a thread's steps relative to `pivot`. */
export const gatheredMoments = (layout: Layout, centered: boolean): string => `
  var sum = LaneMoments(F(0.0), F(0.0), 0.0);
  ${blocks(
    layout,
    (k) => `let d${k} = F(x[${at(layout, k)}]) - pivot;`,
    centered
      ? `
    let mean = ${pairwise((k) => `d${k}`)} * 0.125;
    ${Array.from({ length: 8 }, (_, k) => `let off${k} = d${k} - mean;`).join(' ')}
    sum = mergedLanes(sum, LaneMoments(mean, ${pairwise((k) => `off${k} * off${k}`)} * 0.125, 8.0));`
      : `
    sum = mergedLanes(sum, LaneMoments(F(0.0), ${pairwise((k) => `d${k} * d${k}`)} * 0.125, 8.0));`,
    centered
      ? 'sum = mergedLanes(sum, LaneMoments(d0, F(0.0), 1.0));'
      : 'sum = mergedLanes(sum, LaneMoments(F(0.0), d0 * d0, 1.0));',
  )}`;

/** Text that defines the pivot of a unit of segments. */
export const pivotOf = (centered: boolean, vector: boolean): string =>
  centered
    ? `let pivot = x[min(unit, sizes.units - 1u) * sizes.runLength]${vector ? '.x' : ''};`
    : 'let pivot = 0.0;';

export const momentSnippets = ({ vector }: Layout): string[] => [moments, laneMoments, joinedLanes(vector)];

export function momentPieces(
  layout: Layout,
  { counts, workgroups }: Grid,
  x: tf.TensorInfo,
  records: tf.TensorInfo,
  centered: boolean,
): Task {
  const buffers = { x: reads(x, 'elements'), momentRecords: writes(records, 'records') };
  const shared = { name: 'momentPieces', buffers, workgroups };
  if (layout.walk === 'columns') {
    return {
      ...shared,
      variant: `columns ${layout.width}`,
      snippets: () => momentSnippets(layout),
      text: () => ofColumns(layout),
      sizes: { counts: { ...counts, channels: layout.channels } },
    };
  }
  return {
    ...shared,
    variant: `segments ${layout.team} ${centered}`,
    snippets: () => [...momentSnippets(layout), together('mergedTeam', 'Moments', 'merged', layout.team)],
    text: () => ofSegments(layout, centered),
    sizes: { counts },
  };
}

const ofSegments = (layout: Segments, centered: boolean): string => `
fn momentPieces(workgroup: u32, thread: u32) {${piece(layout)}
  ${pivotOf(centered, layout.vector)}
  ${gatheredMoments(layout, centered)}
  let total = mergedTeam(thread, joined(sum));
  if (lane == 0u && exists) { momentRecords[piece] = vec4<f32>(total.mean, total.variance, total.count, pivot); }
}
`;

const ofColumns = (layout: Columns): string => `
var<workgroup> rowMoments: array<LaneMoments, ${WORKGROUP}>;
fn momentPieces(workgroup: u32, thread: u32) {${piece(layout)}
  let pivot = x[batch * sizes.rows * sizes.columns + min(column, sizes.columns - 1u)];
  ${gatheredMoments(layout, true)}
  rowMoments[thread] = sum;
  workgroupBarrier();
  if (rowLane > 0u || !exists) { return; }
  for (var k = ${layout.width}u; k < ${WORKGROUP}u; k += ${layout.width}u) {
    sum = mergedLanes(sum, rowMoments[thread + k]);
  }
  let first = piece * sizes.channels + column * LANES;
  ${lanes(layout.vector, (lane, k) => `momentRecords[first + ${k}u] = vec4<f32>(sum.mean${lane}, sum.variance${lane}, sum.count, pivot${lane});`)}
}
`;

/** Text for each lane of F: `lane` is how WGSL picks it. */
export const lanes = (vector: boolean, text: (lane: string, k: number) => string): string =>
  (vector ? ['.x', '.y', '.z', '.w'] : ['']).map(text).join('\n  ');
