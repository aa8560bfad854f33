/** The interface of every experiment: what is claimed, how it is measured, and the rule by which it is judged. */
import type { StudyData } from '../data/load.js';

export const verdicts = ['supported', 'not supported', 'unclear'] as const;
export type Verdict = (typeof verdicts)[number];

/** A line of a table: numbers may be infinite or NaN if a run diverged. */
export type Row = Readonly<Record<string, number | string>>;

/** What one seed gave. */
export interface Measurement {
  /** What the verdict is made of. */
  readonly numbers: Readonly<Record<string, number>>;
  /** What the plot is made of; each becomes a CSV file, with a column for the seed. */
  readonly tables: Readonly<Record<string, readonly Row[]>>;
}

/** A specification of vega-lite, but for what all plots share. */
export type Plot = Readonly<Record<string, unknown>>;

export interface Experiment {
  readonly id: string;
  readonly title: string;
  /** One sentence, as the source would say it. */
  readonly claim: string;
  readonly source: string;
  /** Lines of plain text. */
  readonly formula: readonly string[];
  /** When the verdict is which; what `holds` and `fails` compute. */
  readonly rule: string;
  /** How this differs from the paper, beyond what differs in all experiments. */
  readonly simpler: string;
  /** Seconds of one idle core for one seed, about: for the bar's time left. */
  readonly seconds: { readonly quick: number; readonly full: number };
  measure(context: Context): Promise<Measurement>;
  /** Whether one seed's numbers support the claim. */
  holds(numbers: Measurement['numbers']): boolean;
  /** Whether they speak against it. What does neither leaves it unclear. */
  fails(numbers: Measurement['numbers']): boolean;
  /** One sentence on what is seen, from the means over the seeds. */
  seen(numbers: Measurement['numbers']): string;
  plot(tables: Measurement['tables']): Plot;
}

export interface Context {
  readonly data: StudyData;
  readonly seed: number;
  readonly quick: boolean;
  /** The tfjs backend that the study runs on. */
  readonly backend: string;
  /** Tells how much of this seed is done, from 0 to 1. */
  progress(share: number): void;
  /** To be called between steps: throws if the study is to stop. */
  pause(): Promise<void>;
}

/** Runs one part after the other, each with its share of the progress. */
export async function inParts<Item>(
  context: Context,
  items: readonly Item[],
  run: (item: Item, part: Context) => Promise<void>,
): Promise<void> {
  for (const [i, item] of items.entries()) {
    const progress = (share: number) => context.progress((i + share) / items.length);
    await run(item, { ...context, progress });
    progress(1);
  }
}

/** The claim holds if it does for every seed, and fails if it does for every seed. */
export function verdictOf(
  { holds, fails }: Pick<Experiment, 'holds' | 'fails'>,
  measurements: readonly Pick<Measurement, 'numbers'>[],
): Verdict {
  if (measurements.every(({ numbers }) => holds(numbers))) return 'supported';
  if (measurements.every(({ numbers }) => fails(numbers))) return 'not supported';
  return 'unclear';
}
