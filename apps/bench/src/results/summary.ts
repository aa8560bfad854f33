/** What follows from a result: each cell beside ours, and beside the machine's bandwidth. */
import { contenderLabel, rivalOf } from '../grid/contenders.js';
import { operations } from '../grid/operations.js';
import { byteCount } from '../grid/shapes.js';
import {
  type Interval,
  median,
  medianAbsoluteDeviation,
  medianInterval,
  pairedRatios,
  present,
} from '../measuring/statistics.js';
import type { BenchResult, Cell, Participant, Row } from './result.js';

/** One line of a report. */
export interface Entry {
  readonly row: Row;
  readonly contender: Participant;
  readonly label: string;
  readonly cell: Cell;
  /** Undefined where nothing was measured. */
  readonly measured?: Measured;
}

export interface Measured {
  /** Milliseconds. */
  readonly median: number;
  readonly interval: Interval | undefined;
  /** Median absolute deviation of the rounds as a fraction of the median. */
  readonly spread: number;
  /** How many times the time of ours, from the ratios of each round; undefined for ours. */
  readonly ratio: Ratio | undefined;
  /** Part of the bandwidth of a copy of the same size that the fewest possible passes over memory in this time come to. */
  readonly bandwidthShare: number | undefined;
  /** Images per second, of a training step. */
  readonly examplesPerSecond: number | undefined;
}

export interface Ratio {
  readonly median: number;
  readonly interval: Interval | undefined;
}

/** All cells of a row, in the contenders' order. */
export function entriesOf(result: BenchResult, row: Row): Entry[] {
  return result.contenders.flatMap((contender) => {
    const cell = row.cells[contender.id];
    if (!cell) return [];
    const label = contenderLabel(contender);
    const measured = measuredOf(result, row, contender, cell);
    return [{ row, contender, label, cell, ...(measured ? { measured } : {}) }];
  });
}

function measuredOf(result: BenchResult, row: Row, contender: Participant, cell: Cell): Measured | undefined {
  const { median, interval, milliseconds } = cell;
  if (median === undefined) return undefined;
  return {
    median,
    interval,
    spread: medianAbsoluteDeviation(present(milliseconds)) / median,
    ratio: ratioToOurs(result, row, contender, cell),
    bandwidthShare: bandwidthShare(result, row, contender, median),
    examplesPerSecond: row.phase === 'step' ? (row.shape[0]! * 1000) / median : undefined,
  };
}

function ratioToOurs(
  { contenders }: BenchResult,
  row: Row,
  contender: Participant,
  cell: Cell,
): Ratio | undefined {
  const rival = rivalOf(contender, contenders);
  const ours = rival && row.cells[rival.id];
  if (!ours) return undefined;
  const ratios = pairedRatios(cell.milliseconds, ours.milliseconds);
  if (ratios.length === 0) return undefined;
  return { median: median(ratios), interval: medianInterval(ratios) };
}

function bandwidthShare(
  result: BenchResult,
  row: Row,
  contender: Participant,
  milliseconds: number,
): number | undefined {
  const passes = operations[row.operation].passes[row.phase];
  const copyPasses = operations.copy.passes.copy!;
  const copy = copyMilliseconds(result, row, contender);
  if (passes === undefined || copy === undefined || row.operation === 'copy') return undefined;
  return passes / milliseconds / (copyPasses / copy);
}

/** Median time of a copy of as many bytes, on the contender's backend. */
function copyMilliseconds(result: BenchResult, row: Row, contender: Participant): number | undefined {
  const size = byteCount(row.shape);
  const copies = result.rows.find(
    ({ operation, shape }) => operation === 'copy' && byteCount(shape) === size,
  );
  const backend = (rivalOf(contender, result.contenders) ?? contender).backend;
  return copies?.cells[`bn/${backend}/1`]?.median;
}

/** Bytes per second of a copy, read and write counted. */
export function copyBandwidth(row: Row, milliseconds: number): number {
  return (byteCount(row.shape) * operations.copy.passes.copy! * 1000) / milliseconds;
}
