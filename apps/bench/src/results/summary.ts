/** What follows from a result: each cell beside ours, and beside what the machine's memory allows. */

import { median } from '@bn/tooling/median';
import { type Contender, contenderLabel, isOnGpu, rivalOf } from '../grid/contenders.js';
import { isOfMemory } from '../grid/operations.js';
import { byteCount } from '../grid/shapes.js';
import { trafficOf } from '../grid/traffic.js';
import { mediansByProcess } from '../measuring/processes.js';
import {
  type Interval,
  medianInterval,
  middleSpread,
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
  /** Undefined if nothing was measured. */
  readonly measured?: Measured;
}

/** A median of rounds, with its interval if there is more than one. */
export interface Figure {
  readonly median: number;
  readonly interval: Interval | undefined;
  /** How wide the middle half of the rounds is, as a part of the median. */
  readonly spread: number;
}

export interface Measured extends Figure {
  /** The lowest and the highest median of one process, in milliseconds; undefined if only one has measured. */
  readonly processes: { readonly low: number; readonly high: number } | undefined;
  /** How many times the time of ours, from the ratios of each round; undefined for ours. */
  readonly ratio: Figure | undefined;
  /** How many times the time that the passes over memory take at this machine's speed of reading and copying. */
  readonly overLimit: number | undefined;
  /** Images per second, of a training step. */
  readonly examplesPerSecond: number | undefined;
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
  const { median, interval } = cell;
  if (median === undefined) return undefined;
  return {
    median,
    interval,
    spread: middleSpread(present(cell.milliseconds)),
    processes: spreadOfProcesses(result, cell),
    ratio: ratioBetween(row, contender, rivalOf(contender, result.contenders)),
    overLimit: overLimit(result, row, contender, median),
    examplesPerSecond: row.phase === 'step' ? (row.shape[0]! * 1000) / median : undefined,
  };
}

function spreadOfProcesses({ settings }: BenchResult, { milliseconds }: Cell): Measured['processes'] {
  const medians = mediansByProcess(milliseconds, settings);
  return medians.length < 2 ? undefined : { low: Math.min(...medians), high: Math.max(...medians) };
}

/** How many times our time a peer takes, from the rounds that both have. */
export function ratioBetween(row: Row, peer: Contender, ours: Contender | undefined): Figure | undefined {
  const [theirCell, ourCell] = [row.cells[peer.id], ours && row.cells[ours.id]];
  if (!theirCell || !ourCell) return undefined;
  const ratios = pairedRatios(theirCell.milliseconds, ourCell.milliseconds);
  if (ratios.length === 0) return undefined;
  return { median: median(ratios), interval: medianInterval(ratios), spread: middleSpread(ratios) };
}

/** An interval with a side wider than this part of the median says no more than that. */
export const widest = 0.5;

/**
 * If the middle half of the rounds is wider than this part of the median, the machine was busy, and the figure says little. One
 * round that was disturbed does that to the interval of six rounds, but not to their median.
 */
export const busyFrom = 0.5;

/** The wider side of a figure's interval as a part of the median. */
export const widerSide = ({ median, interval }: Figure): number =>
  interval ? Math.max(interval.high - median, median - interval.low) / median : 0;

export const isBusy = ({ spread }: Figure): boolean => spread > busyFrom;

function overLimit(
  result: BenchResult,
  row: Row,
  contender: Participant,
  milliseconds: number,
): number | undefined {
  const traffic = trafficOf(row);
  const memory = memorySpeed(result, row, contender);
  if (traffic === undefined || memory === undefined || isOfMemory(row.operation)) return undefined;
  return milliseconds / (traffic.reads * memory.read + traffic.copies * memory.copy);
}

/**
 * Milliseconds in which the machine reads or copies a tensor of a row's size on one thread: measured on wasm if the run has
 * it, as fast as it gets on a processor; a graphics processor has its own memory, whose reading is half of its copying.
 */
function memorySpeed(
  { rows, contenders }: BenchResult,
  row: Row,
  contender: Participant,
): { read: number; copy: number } | undefined {
  const size = byteCount(row.shape);
  const cells = (wanted: 'read' | 'copy') =>
    rows.find(({ operation, shape }) => operation === wanted && byteCount(shape) === size)?.cells;
  const { backend } = rivalOf(contender, contenders) ?? contender;
  const onProcessor = !isOnGpu(backend) && cells('copy')?.['bn/wasm/1'] !== undefined;
  const id = onProcessor ? 'bn/wasm/1' : `bn/${backend}/1`;
  const copy = cells('copy')?.[id]?.median;
  return copy === undefined ? undefined : { read: cells('read')?.[id]?.median ?? copy / 2, copy };
}
