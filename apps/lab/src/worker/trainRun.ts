/** Trains a run until it is finished or told to stop, and tells what happens on the way. */
import { type Dataset, DivergenceError, type Reason, reasonOf, type TrainingSession } from '@bn/lenet';
import type { CurvePoint, LayerDistribution, TrainerEvent } from '../protocol.js';
import { TimeBudget } from '../timeBudget.js';
import { confusionMatrix } from './confusionMatrix.js';
import { PointRecorder } from './pointRecorder.js';

export interface TrainingServices {
  readonly report: (event: TrainerEvent) => void;
  /** Looks into the layers; called between two steps. */
  readonly inspect: () => Promise<readonly LayerDistribution[]>;
}

/** How training ended, other than by the signal. */
export type Outcome =
  | { readonly kind: 'finished' }
  | { readonly kind: 'diverged'; readonly reason: Reason }
  | { readonly kind: 'broken'; readonly reason: Reason };

/** More often a page that draws every point could not keep up, where the machine is busy. */
const millisecondsPerReport = 250;

/** Shares of the time, and least milliseconds between two. */
const inspectBudget = () => new TimeBudget(0.05, 1000);
/** Least milliseconds between two steps that are measured: such a step takes a little longer. */
const millisecondsPerMeasurement = 250;

const saveBudget = () => new TimeBudget(0.05, 3000);

/** Resolves with how training ended, or with nothing where the signal ended it. */
export async function trainRun(
  run: string,
  session: TrainingSession,
  dataset: Dataset,
  signal: AbortSignal,
  { report, inspect }: TrainingServices,
): Promise<Outcome | undefined> {
  const recorder = new PointRecorder(session.state.position, dataset.train.count);
  const points: CurvePoint[] = [];
  let reported = performance.now();
  const add = (point: CurvePoint | undefined) => {
    if (point) points.push(point);
  };
  const reportPoints = () => {
    reported = performance.now();
    if (points.length > 0) report({ kind: 'points', run, points: points.splice(0) });
  };
  /** All points so far: what is saved belongs to a whole number of them. */
  const cutPoints = () => {
    add(recorder.cut(session.state.position));
    reportPoints();
  };
  let measuredLast = Number.NEGATIVE_INFINITY;
  /** Epochs seen before the step under way. */
  let stepAt = 0;
  const inspections = inspectBudget();
  const saves = saveBudget();
  try {
    await session.train(
      dataset,
      {
        isMeasurementDue({ epoch, seen }) {
          const now = performance.now();
          const due = now - measuredLast >= millisecondsPerMeasurement;
          if (due) measuredLast = now;
          stepAt = epoch - 1 + seen / dataset.train.count;
          return due;
        },
        async onStep({ measurements }, position) {
          if (measurements) report({ kind: 'measured', run, point: { at: stepAt, ...measurements } });
          add(recorder.pass(position));
          if (performance.now() - reported >= millisecondsPerReport) reportPoints();
          if (inspections.due) {
            await inspections.spend(async () => report({ kind: 'layers', run, layers: await inspect() }));
          }
        },
        onEpoch(metrics, tested) {
          reportPoints();
          const confusion = confusionMatrix(dataset.test.labels, tested.predicted);
          report({ kind: 'epoch', run, metrics, tested: { ...tested, confusion } });
        },
        isSaveDue: () => saves.due,
        async save(encode) {
          cutPoints();
          await saves.spend(async () => report({ kind: 'saved', run, checkpoint: await encode() }));
        },
      },
      signal,
    );
    return { kind: 'finished' };
  } catch (error) {
    if (signal.aborted) {
      cutPoints();
      return undefined;
    }
    const kind = error instanceof DivergenceError ? 'diverged' : 'broken';
    return { kind, reason: reasonOf(error) };
  }
}
