/** What `results.json` says of an experiment. */
import { z } from 'zod';
import type { Experiment, Measurement, Verdict } from '../experiments/experiment.js';
import { verdictOf, verdicts } from '../experiments/experiment.js';

/** JSON has no NaN and no infinity: null stands for both. */
const finite = z.number().nullable();

const summary = z.object({ mean: finite, low: finite, high: finite, values: z.array(finite) });
export type Summary = z.infer<typeof summary>;

export const entrySchema = z.object({
  id: z.string(),
  claim: z.string(),
  source: z.string(),
  verdict: z.enum(verdicts),
  /** One value for each seed, their mean, the smallest and the largest. */
  numbers: z.record(z.string(), summary),
  /** Relative to the folder of the results. */
  files: z.array(z.string()),
  /** One sentence on what the plot shows. */
  seen: z.string(),
  seconds: z.number(),
});
export type Entry = z.infer<typeof entrySchema>;

export const resultsSchema = z.object({
  experiments: z.array(entrySchema),
  /** How the study was run: options, data, machine. */
  settings: z.record(z.string(), z.unknown()),
});
export type Results = z.infer<typeof resultsSchema>;

/** The numbers of all seeds, with the verdict by the experiment's rule. */
export function entryOf(
  experiment: Experiment,
  measurements: readonly Measurement[],
  files: readonly string[],
  seconds: number,
): Entry {
  const { id, claim, source } = experiment;
  const verdict: Verdict = verdictOf(experiment, measurements);
  const means: Record<string, number> = {};
  const numbers: Record<string, Summary> = {};
  for (const name of Object.keys(measurements[0]!.numbers)) {
    const values = measurements.map((measurement) => measurement.numbers[name]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    means[name] = mean;
    numbers[name] = {
      mean: orNull(mean),
      low: orNull(Math.min(...values)),
      high: orNull(Math.max(...values)),
      values: values.map(orNull),
    };
  }
  return { id, claim, source, verdict, numbers, files: [...files], seen: experiment.seen(means), seconds };
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
