/** WGSL that goes through the elements of a piece, several steps at a time. */
import { WORKGROUP } from '../device/task.js';
import type { Columns, Layout, Segments } from '../layouts/layout.js';

/** Steps whose elements are summed in registers together. */
const BLOCK = 8;
/** Steps of an element-wise pass that are under way together. */
const ABREAST = 4;

/** Threads, or rows of threads, between one step and the next. */
const strideOf = (layout: Layout): number =>
  layout.walk === 'segments' ? layout.team : WORKGROUP / layout.width;

/**
 * Defines what a thread has to do with its piece. Segments: `unit`, `lane`, `exists`, runs `firstRun` to `lastRun`, in each of them
 * elements `begin` to `end`. Columns: `batch`, `column`, `rowLane`, `exists`, rows `firstRow` to `lastRow`.
 */
export const piece = (layout: Layout): string =>
  layout.walk === 'segments' ? pieceOfSegments(layout) : pieceOfColumns(layout);

const pieceOfSegments = ({ team }: Segments): string => `
  let piece = workgroup * ${WORKGROUP / team}u + thread / ${team}u;
  let lane = thread % ${team}u;
  let unit = piece / sizes.pieces;
  let part = piece - unit * sizes.pieces;
  let exists = unit < sizes.units;
  let firstRun = (part / sizes.runParts) * sizes.pieceRuns;
  let lastRun = select(0u, min(firstRun + sizes.pieceRuns, sizes.runs), exists);
  let begin = (part % sizes.runParts) * sizes.partLength;
  let end = min(begin + sizes.partLength, sizes.runLength);`;

const pieceOfColumns = ({ width }: Columns): string => `
  let block = workgroup % sizes.blocks;
  let piece = workgroup / sizes.blocks;
  let batch = piece / sizes.pieces;
  let column = block * ${width}u + thread % ${width}u;
  let rowLane = thread / ${width}u;
  let exists = column < sizes.columns;
  let start = (piece - batch * sizes.pieces) * sizes.pieceLength;
  let firstRow = batch * sizes.rows + start;
  let lastRow = select(0u, batch * sizes.rows + min(start + sizes.pieceLength, sizes.rows), exists);`;

/** Index into x of step k. */
export const at = (layout: Layout, k: number): string =>
  layout.walk === 'segments'
    ? `base + within + ${k * strideOf(layout)}u`
    : `row * sizes.columns + column + ${k * strideOf(layout)}u * sizes.columns`;

/** Index into its run of step k of segments; row of step k of columns. */
export const position = (layout: Layout, k: number): string =>
  `${layout.walk === 'segments' ? 'within' : 'row'} + ${k * strideOf(layout)}u`;

/** Loops over all steps of a thread: `several` does so many at once, `single` those that are left. */
function steps(layout: Layout, count: number, several: string, single: string): string {
  const stride = strideOf(layout);
  const [index, end, start] =
    layout.walk === 'segments' ? ['within', 'end', 'begin + lane'] : ['row', 'lastRow', 'firstRow + rowLane'];
  const loops = `
    var ${index} = ${start};
    for (; ${index} + ${(count - 1) * stride}u < ${end}; ${index} += ${count * stride}u) {
      ${several}
    }
    for (; ${index} < ${end}; ${index} += ${stride}u) {
      ${single}
    }`;
  if (layout.walk === 'columns') return `{${loops}\n  }`;
  return `
  for (var run = firstRun; run < lastRun; run++) {
    let base = (run * sizes.units + unit) * sizes.runLength;${loops}
  }`;
}

const times = (count: number, text: (k: number) => string): string =>
  Array.from({ length: count }, (_, k) => text(k)).join('\n      ');

/** Each step by itself: `body` is what step k does. */
export const eachStep = (layout: Layout, body: (k: number) => string): string =>
  steps(layout, ABREAST, times(ABREAST, body), body(0));

/**
 * Blocks of eight steps, then the steps that are left.
 *
 * @param load defines values of step k, by names that end in k.
 * @param block uses the values of steps 0 to 7.
 * @param single uses the values of step 0.
 */
export const blocks = (layout: Layout, load: (k: number) => string, block: string, single: string): string =>
  steps(layout, BLOCK, `${times(BLOCK, load)}\n      ${block}`, `${load(0)}\n      ${single}`);

/** Sum of eight values whose names end in 0 to 7, in pairs of pairs. */
export const pairwise = (value: (k: number) => string): string =>
  `(((${value(0)} + ${value(1)}) + (${value(2)} + ${value(3)})) + ((${value(4)} + ${value(5)}) + (${value(6)} + ${value(7)})))`;
