/** Records that the pieces of a layout leave for the dispatch that merges them. */
import type { NormalizationView } from '@bn/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { Scope } from '../device/scope.js';
import { type Grid, gridOf } from '../layouts/grid.js';
import type { Layout } from '../layouts/layout.js';

/** Pieces that a unit is split in, at most, if their records are merged. */
const MOST_PIECES = 128;
/** Records that a thread of an element-wise pass merges for itself, at most; beyond, a separate dispatch does it. */
const MOST_RECORDS = 1024;

export interface Pieces {
  readonly records: tf.TensorInfo;
  /** Pieces of each unit or matrix. */
  readonly pieces: number;
}

/** The workgroups of a pass whose records are merged. */
export const gridOfPieces = ({ parallelism }: Scope, layout: Layout): Grid =>
  gridOf(layout, parallelism, MOST_PIECES);

/** The workgroups of an element-wise pass: as many pieces as it takes to keep the device busy. */
export const gridOfElements = ({ parallelism }: Scope, layout: Layout): Grid =>
  gridOf(layout, parallelism, Number.POSITIVE_INFINITY);

/** A buffer for one record of each piece: of a unit of segments, or of each channel of columns. */
export const recordBuffer = (scope: Scope, layout: Layout, { pieces }: Grid): tf.TensorInfo =>
  scope.scratch([
    layout.walk === 'segments' ? layout.units * pieces : layout.batches * pieces * layout.channels,
    4,
  ]);

/** Whether each thread that goes down columns would have to merge more records than is worth it. */
export const mergesApart = (
  layout: Layout,
  { channels, groups }: NormalizationView,
  pieces: number,
): boolean => layout.walk === 'columns' && (channels / groups) * pieces > MOST_RECORDS;
