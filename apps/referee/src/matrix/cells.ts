/** The results of a contender, summed up by operation and part. */
import { allowedError, goldenOperations, type OperationName, readGoldenCase } from '@bn/conformance/golden';
import { type Part, parts } from '../contenders/contender.js';
import type { Contender } from '../contenders/list.js';
import type { Outcome } from '../run/attempts.js';
import type { Result } from '../run/lines.js';
import { tasks } from '../run/tasks.js';

/** A result is wrong if its error is more than this many times what a float32 kernel may have. */
export const wrongFrom = 100;

export interface Fault {
  readonly kind: 'wrong' | 'refused' | 'crashed';
  /** Of an error, its sizes left out; empty for wrong values. */
  readonly message: string;
  /** How many cases. */
  readonly cases: number;
  /** Name of the first. */
  readonly first: string;
}

export interface Cell {
  readonly operation: OperationName;
  readonly part: Part;
  /** How many it has something for. */
  readonly cases: number;
  /** The largest error of the results that are not wrong, in units of the output's scale. */
  readonly error: number;
  /** The largest ratio of such an error to what a float32 kernel may have. */
  readonly ratio: number;
  readonly faults: readonly Fault[];
}

export interface Column {
  readonly contender: Contender;
  readonly versions: Readonly<Record<string, string>>;
  readonly renderer?: string | undefined;
  /** Why it was not asked; it has no cells then. */
  readonly notRun?: string;
  readonly cells: readonly Cell[];
}

export function columnOf({ contender, versions, renderer, results }: Outcome): Column {
  const cells = goldenOperations.flatMap((operation) =>
    parts.map((part) => {
      const own = results.filter(
        ({ task }) => tasks[task]!.row.op === operation && tasks[task]!.part === part,
      );
      return cellOf(operation, part, own);
    }),
  );
  return { contender, versions, renderer, cells: cells.filter(({ cases }) => cases > 0) };
}

function cellOf(operation: OperationName, part: Part, results: readonly Result[]): Cell {
  const judged = results.map(judge).filter((each) => each !== undefined);
  const right = judged.flatMap((each) => ('error' in each ? [each] : []));
  const faults = new Map<string, Fault>();
  for (const each of judged) {
    if ('error' in each) continue;
    const key = `${each.kind} ${each.message}`;
    const cases = (faults.get(key)?.cases ?? 0) + 1;
    faults.set(key, { ...each, first: faults.get(key)?.first ?? each.first, cases });
  }
  return {
    ...{ operation, part, cases: judged.length },
    error: Math.max(0, ...right.map(({ error }) => error)),
    ratio: Math.max(0, ...right.map(({ ratio }) => ratio)),
    faults: [...faults.values()],
  };
}

type Judged = { readonly error: number; readonly ratio: number } | Omit<Fault, 'cases'>;

/** Undefined if the contender has nothing for the task. */
function judge({ task, errors = {}, refused, crashed }: Result): Judged | undefined {
  const { row } = tasks[task]!;
  const fault = (kind: Fault['kind'], message = ''): Judged => ({
    kind,
    message: sizesLeftOut(message),
    first: row.name,
  });
  if (crashed !== undefined) return fault('crashed', crashed);
  if (refused !== undefined) return fault('refused', refused);
  const { outputs } = readGoldenCase(row);
  const measured = Object.entries(errors).map(([name, error]) => ({
    error: error ?? Number.POSITIVE_INFINITY,
    ratio: (error ?? Number.POSITIVE_INFINITY) / allowedError(outputs[name as keyof typeof outputs]!),
  }));
  if (measured.length === 0) return undefined;
  const ratio = Math.max(...measured.map(({ ratio }) => ratio));
  return ratio > wrongFrom
    ? fault('wrong')
    : { error: Math.max(...measured.map(({ error }) => error)), ratio };
}

/** Errors that differ in nothing but sizes are one. */
export const sizesLeftOut = (message: string): string => message.split('\n')[0]!.replace(/\d+(,\d+)*/g, 'N');
