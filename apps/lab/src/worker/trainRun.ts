/** Trains a run until it is finished or told to stop, and tells what happens on the way. */

import type { Dataset, Reason } from '@bn/lenet';
import { DivergenceError, Random, reasonOf, train } from '@bn/lenet';
import type { CurvePoint, LayerDistribution, TrainerEvent } from '../protocol.js';
import type { OpenRun } from './openRun.js';
import { PointRecorder } from './pointRecorder.js';
import { TimeBudget } from './timeBudget.js';

export interface TrainingServices {
  readonly report: (event: TrainerEvent) => void;
  /** Saves the run; called between two steps. */
  readonly save: () => Promise<void>;
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
const saveBudget = () => new TimeBudget(0.05, 3000);

/** Resolves with how training ended, or with nothing where the signal ended it. Moves `run.training` on. */
export async function trainRun(
  run: OpenRun,
  dataset: Dataset,
  signal: AbortSignal,
  { report, save, inspect }: TrainingServices,
): Promise<Outcome | undefined> {
  const { settings, position: from } = run.training!;
  const recorder = new PointRecorder(from, dataset.train.count);
  const points: CurvePoint[] = [];
  let reported = performance.now();
  const add = (point: CurvePoint | undefined) => {
    if (point) points.push(point);
  };
  const reportPoints = () => {
    reported = performance.now();
    if (points.length > 0) report({ kind: 'points', run: run.id, points: points.splice(0) });
  };
  const inspections = inspectBudget();
  const saves = saveBudget();
  const options = { ...settings, from, shuffling: Random.fromState(from.shuffling), signal };
  try {
    await train(run.model, dataset, options, {
      async onStep(_progress, position) {
        run.training = { ...run.training!, position };
        const saving = saves.due;
        // What is saved belongs to a whole number of points.
        add(saving ? recorder.cut(position) : recorder.pass(position));
        if (saving || performance.now() - reported >= millisecondsPerReport) reportPoints();
        if (saving) await saves.spend(save);
        if (inspections.due) {
          await inspections.spend(async () => {
            report({ kind: 'layers', run: run.id, layers: await inspect() });
          });
        }
      },
      async onEpoch(metrics, position) {
        run.training = { ...run.training!, position, history: [...run.training!.history, metrics] };
        reportPoints();
        report({ kind: 'epoch', run: run.id, metrics });
        await save();
      },
    });
    return { kind: 'finished' };
  } catch (error) {
    if (signal.aborted) {
      add(recorder.cut(run.training!.position));
      reportPoints();
      return undefined;
    }
    const kind = error instanceof DivergenceError ? 'diverged' : 'broken';
    return { kind, reason: reasonOf(error) };
  }
}
