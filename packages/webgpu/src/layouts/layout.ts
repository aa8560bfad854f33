/**
 * How a view goes through memory. x is row-major; F is four neighbouring floats if sizes allow, else one.
 *
 * - 'segments': a unit is one or more runs of contiguous elements that share a statistic: all planes of a channel (batch
 *   normalization, channels first), one plane (group and instance normalization), or one row (layer normalization);
 * - 'columns': a unit is a column of a matrix (channels last, features).
 */
import type { NormalizationView } from '@bn/core';
import type { Parallelism, Team } from '../device/parallelism.js';
import { teamOf } from '../wgsl/team.js';

export interface Segments {
  readonly walk: 'segments';
  readonly vector: boolean;
  readonly units: number;
  readonly runs: number;
  /** Elements of type F in a run. */
  readonly runLength: number;
  /** Neighbouring units that share a statistic. */
  readonly statisticUnits: number;
  readonly channels: number;
  readonly groups: number;
  /** Whether each element of a unit has its own gamma and beta, as in layer normalization; else a unit is of one channel. */
  readonly ownParameters: boolean;
  readonly team: Team;
}

export interface Columns {
  readonly walk: 'columns';
  readonly vector: boolean;
  /** Matrices, one below the other, and rows of each. */
  readonly batches: number;
  readonly rows: number;
  readonly channels: number;
  /** Statistics of each matrix. */
  readonly groups: number;
  /** Columns of type F that a workgroup takes side by side. */
  readonly width: 1 | 4 | 16;
}

export type Layout = Segments | Columns;

const isVector = (length: number): boolean => length % 4 === 0;

export function layoutOf(view: NormalizationView, { mostTeam }: Parallelism): Layout {
  const { batch, outer, channels, inner, groups, acrossBatch } = view;
  const positions = outer * inner;
  if (channels === 1) {
    return acrossBatch
      ? planes(1, 1, batch * positions, 1, 1, mostTeam)
      : planes(batch, 1, positions, 1, 1, mostTeam);
  }
  if (inner > 1) {
    return acrossBatch
      ? planes(channels, batch, inner, channels, channels, mostTeam)
      : planes(batch * channels, 1, inner, channels, groups, mostTeam);
  }
  if (acrossBatch) return columns(1, batch * outer, channels, channels, isVector(channels));
  if (outer > 1) return columns(batch, outer, channels, groups, isVector(channels));
  return rows(batch, channels, groups, mostTeam);
}

function planes(
  units: number,
  runs: number,
  length: number,
  channels: number,
  groups: number,
  mostTeam: Team,
): Segments {
  return segments(units, runs, length, mostTeam, {
    statisticUnits: channels / groups,
    channels,
    groups,
    ownParameters: false,
  });
}

function rows(batch: number, channels: number, groups: number, mostTeam: Team): Segments {
  return segments(batch * groups, 1, channels / groups, mostTeam, {
    statisticUnits: 1,
    channels,
    groups,
    ownParameters: true,
  });
}

function segments(
  units: number,
  runs: number,
  length: number,
  mostTeam: Team,
  rest: Pick<Segments, 'statisticUnits' | 'channels' | 'groups' | 'ownParameters'>,
): Segments {
  const vector = isVector(length);
  const runLength = vector ? length / 4 : length;
  return { walk: 'segments', vector, units, runs, runLength, team: teamOf(runLength, mostTeam), ...rest };
}

function columns(batches: number, rows: number, channels: number, groups: number, vector: boolean): Columns {
  const count = vector ? channels / 4 : channels;
  const width = count > 4 ? 16 : count > 1 ? 4 : 1;
  return { walk: 'columns', vector, batches, rows, channels, groups, width };
}

/** The rows of layer normalization once more, as columns: how its channels are summed. */
export const channelsOfRows = (
  { vector }: Segments,
  { batch, channels, groups }: NormalizationView,
): Columns => columns(1, batch, channels, groups, vector);
