/** What a contender's process prints: one JSON object a line. */
import type { OutputName } from '@bn/conformance/golden';

export interface Hello {
  readonly versions: Readonly<Record<string, string>>;
  readonly renderer?: string | undefined;
}

/** The result of a task, by its place in the list of tasks. */
export interface Result {
  readonly task: number;
  /**
   * Errors of the outputs beside float64, in units of the output's scale; null if a value is not finite. Empty if the contender
   * has nothing that computes them.
   */
  readonly errors?: Readonly<Partial<Record<OutputName, number | null>>>;
  /** The message with which it refuses. */
  readonly refused?: string;
  /** Its process ended, or had not answered when the time was up. */
  readonly crashed?: string;
}

export type Line = Hello | Result;

/** Other lines are what libraries print. */
export const parse = (text: string): Line | undefined =>
  text.startsWith('{"versions"') || text.startsWith('{"task"') ? (JSON.parse(text) as Line) : undefined;
