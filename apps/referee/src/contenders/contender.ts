/** Who computes the golden cases, and how it is asked. */
import type { GoldenCase, OutputName } from '@bn/conformance/golden';

/** Outputs of a case. */
export type Answer = Readonly<Partial<Record<OutputName, ArrayLike<number>>>>;

/** Computes a part of a case; undefined if the contender has nothing that computes it. An error is a refusal. */
export type Method = (golden: GoldenCase) => Promise<Answer | undefined> | undefined;

/** What a case asks for, and the outputs that are judged: y; the gradients; the running statistics after a batch. */
export const outputsOf = {
  forward: ['y'],
  gradients: ['dx', 'dGamma', 'dBeta'],
  runningStatistics: ['runningMean', 'runningVariance'],
} as const satisfies Record<string, readonly OutputName[]>;

export type Part = keyof typeof outputsOf;
export const parts = Object.keys(outputsOf) as Part[];

/** A contender that has been started. */
export interface Started extends Readonly<Partial<Record<Part, Method>>> {
  /** Of everything that computes, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** The graphics device, if it computes on one. */
  readonly renderer?: string | undefined;
}
