/**
 * A run: rounds outside, cases inside, contenders innermost. Each round measures each contender once at each case, the
 * contenders of a case right after one another, so that they share the machine's mood, and the rounds of a cell lie as far
 * apart as the run is long, so that its interval contains the machine's drift. The rounds are shared among a few processes of
 * each contender, one after the other: one alone may have luck or bad luck with its memory from start to end.
 */
import type { Case } from '../grid/cases.js';
import type { Contender } from '../grid/contenders.js';
import { isOfMemory, type Operation } from '../grid/operations.js';
import { byteCount } from '../grid/shapes.js';
import { bytes } from '../report/format.js';
import { type BenchResult, type Row, resultFormat } from '../results/result.js';
import { emptyCell, isDue, recorded } from './cell.js';
import { Forecast } from './forecast.js';
import type { Observer, Plan } from './plan.js';
import { processOf } from './processes.js';
import type { Hello } from './protocol.js';
import { Seat, type StartPeer } from './seat.js';
import { TimeLeft } from './timeLeft.js';

/** Tensors of x's size that a composed forward + backward may hold at once. */
const tensorsAlive = 6;
/** Into so many parts free memory is divided: a peer keeps no more than one. */
const memoryShares = 8;
/** Seconds that a peer has beside its runs, to start and to make tensors ready, and more for each byte of x. */
const patience = 5;
const patiencePerByte = 40e-9;

/**
 * Runs a plan. Stops before the next measurement when `signal` is aborted, and gives what there is.
 *
 * @param earlier the result of a run of the same plan that was interrupted; what it has is not measured again
 */
export async function run(
  plan: Plan,
  start: StartPeer,
  observer: Observer,
  signal: AbortSignal,
  earlier?: BenchResult,
): Promise<BenchResult> {
  const largestHeap = plan.freeMemory() / memoryShares;
  const seats = plan.contenders.map((contender) => new Seat(contender, start, largestHeap));
  const closeAll = () => {
    for (const seat of seats) seat.close();
  };
  // A peer at work does not listen: it is ended, and its measurement is lost.
  signal.addEventListener('abort', closeAll);
  const result: BenchResult = earlier ? taken(earlier) : emptyResult(plan);
  const before = result.seconds;
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  try {
    for (const seat of seats) {
      if (!signal.aborted) introduce(result, seat, await seat.hello());
    }
    const forecast = forecastFrom(result);
    const timeLeft = new TimeLeft(result);
    const { rounds } = plan.settings;
    for (let round = 0; round < rounds && !signal.aborted; round++) {
      if (round > 0 && processOf(round, plan.settings) !== processOf(round - 1, plan.settings)) {
        for (const seat of seats) seat.renew();
      }
      for (const [index, row] of result.rows.entries()) {
        const start = elapsed();
        for (const seat of inOrderOf(round, seats)) {
          if (signal.aborted) break;
          await measureCell(plan, row, seat, round, forecast, signal);
        }
        result.seconds = before + elapsed();
        timeLeft.learn(row, round, elapsed() - start);
        const done = round * result.rows.length + index + 1;
        await observer.onProgress(result, {
          done,
          total: rounds * result.rows.length,
          round,
          case: row,
          secondsLeft: timeLeft.after(round, index),
        });
        if (signal.aborted) break;
      }
    }
    for (const seat of seats) introduce(result, seat);
    result.state = signal.aborted ? 'stopped' : 'complete';
    result.seconds = before + elapsed();
    return result;
  } finally {
    signal.removeEventListener('abort', closeAll);
    closeAll();
  }
}

function emptyResult({ cases, contenders, settings, machine, command, build }: Plan): BenchResult {
  return {
    format: resultFormat,
    state: 'running',
    command,
    ...(build === undefined ? {} : { build }),
    date: new Date().toISOString(),
    seconds: 0,
    machine,
    settings,
    contenders: contenders.map((contender) => ({ ...contender })),
    rows: cases.map((one) => ({ ...one, cells: {} })),
  };
}

/** Peers that were missing or given up may be there now. */
const taken = (earlier: BenchResult): BenchResult => ({
  ...earlier,
  state: 'running',
  contenders: earlier.contenders.map(({ missing: _, ...contender }) => contender),
});

/** What the rows of an interrupted run say of how long the others will take. */
function forecastFrom({ settings, contenders, rows }: BenchResult): Forecast {
  const forecast = new Forecast(settings.longestRun);
  for (const row of rows) {
    for (const { id } of contenders) {
      const cell = row.cells[id];
      if (cell?.median !== undefined) forecast.learn(id, row, cell.median);
    }
  }
  return forecast;
}

/** Enters what a peer says of itself, or why there is none. */
function introduce({ machine, contenders }: BenchResult, { contender, missing }: Seat, hello?: Hello): void {
  Object.assign(machine.versions, hello?.versions);
  // One device may have a name for each of the ways to use it.
  if (hello?.gpu !== undefined && !machine.gpu?.includes(hello.gpu))
    machine.gpu = machine.gpu === null ? hello.gpu : `${machine.gpu}; ${hello.gpu}`;
  const participant = contenders.find(({ id }) => id === contender.id)!;
  if (hello?.about !== undefined) participant.about = hello.about;
  if (missing !== undefined) participant.missing = missing;
}

/**
 * Who goes first changes from round to round, and every second round goes backwards: what a contender leaves behind, such as
 * caches full of its data and threads that still spin, does not meet the same one each time.
 */
function inOrderOf<T>(round: number, items: readonly T[]): T[] {
  const first = items.length === 0 ? 0 : Math.floor(round / 2) % items.length;
  const rotated = [...items.slice(first), ...items.slice(0, first)];
  return round % 2 === 0 ? rotated : rotated.reverse();
}

async function measureCell(
  { settings, freeMemory }: Plan,
  row: Row,
  seat: Seat,
  round: number,
  forecast: Forecast,
  signal: AbortSignal,
): Promise<void> {
  const { cells, ...task } = row;
  const { operation, shape } = task;
  const { id } = seat.contender;
  if (isOfMemory(operation) && !measuresMemory(seat.contender, operation)) return;
  const cell = cells[id] ?? emptyCell;
  if (seat.missing !== undefined && cell === emptyCell) return;
  if (!isDue(cell, row, round, settings)) return;
  const reason = forecast.tooLong(id, row) ?? tooLarge(row, freeMemory());
  if (reason !== undefined && cell === emptyCell) {
    cells[id] = { ...cell, leftOut: reason };
    return;
  }
  const { budget, longestRun } = settings;
  const seconds = 2 * longestRun + budget / 1000 + patience + byteCount(shape) * patiencePerByte;
  const answer = await seat.measure({ ...task, budget }, seconds * 1000);
  if (signal.aborted) return;
  cells[id] = recorded(cell, round, answer);
  if (answer.kind === 'measured') forecast.learn(id, row, answer.milliseconds);
  if (answer.kind === 'late') forecast.learnTooLong(id, row);
}

/** One contender of each backend is enough to know how fast a copy is; reading is the machine's, and measured on wasm. */
function measuresMemory(
  { implementation, backend, threads, runtime }: Contender,
  operation: Operation,
): boolean {
  const first = implementation === 'bn' && threads === 1 && runtime === undefined;
  return first && (operation === 'copy' || backend === 'wasm');
}

function tooLarge({ shape }: Case, freeMemory: number): string | undefined {
  const needed = byteCount(shape) * tensorsAlive;
  if (needed < freeMemory) return undefined;
  return `may need ${bytes(needed)} of memory, ${bytes(freeMemory)} are free`;
}
