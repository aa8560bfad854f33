/** What the table of Keras' tests is made of. */

/** How it is here: as in Keras, the same in another form, otherwise, or without a counterpart in TensorFlow.js. */
export type Outcome = 'agrees' | 'in another form' | 'differs' | 'cannot be';

type Case = () => unknown;

/** A test of Keras, or the part of one that is the same way here. */
export interface KerasTest {
  /** The function in Keras' file. */
  readonly test: string;
  readonly checks: string;
  /** Runs each check of it, or shows what is done here instead. */
  readonly cases: Readonly<Record<string, Case>>;
  readonly outcome: Outcome;
  /** Unless it agrees: how it is here, and why. */
  readonly here?: string;
}

/** The tests of one file. */
export interface KerasFile {
  readonly title: string;
  readonly path: string;
  readonly tests: readonly KerasTest[];
}

export const agrees = (test: string, checks: string, cases: Readonly<Record<string, Case>>): KerasTest => ({
  ...{ test, checks, cases },
  outcome: 'agrees',
});

/** @param here how it is here, and why. */
export const otherwise = (
  outcome: Exclude<Outcome, 'agrees'>,
  test: string,
  checks: string,
  here: string,
  cases: Readonly<Record<string, Case>>,
): KerasTest => ({ test, checks, cases, outcome, here });

/** A case for each combination of options, named by them. */
export function combinations<T extends Record<string, readonly unknown[]>>(
  options: T,
  run: (chosen: { [K in keyof T]: T[K][number] }) => unknown,
): Record<string, Case> {
  const chosen = Object.entries(options).reduce<Record<string, unknown>[]>(
    (all, [key, values]) => all.flatMap((one) => values.map((value) => ({ ...one, [key]: value }))),
    [{}],
  );
  return Object.fromEntries(
    chosen.map((one) => [
      Object.entries(one)
        .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
        .join(', '),
      () => run(one as { [K in keyof T]: T[K][number] }),
    ]),
  );
}
