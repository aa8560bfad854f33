import { fitLink, fitPerGradient, fitWork } from './fit.js';
import type { Link, Work } from './model.js';
import type { ConstantsResults } from './results.js';

/** The constants of the model on this machine, in milliseconds. */
export interface Constants {
  readonly alone: Work;
  /** While another process computes. */
  readonly busy: Work;
  readonly perGradient: number;
  readonly links: ReadonlyMap<string, Link>;
}

/** @throws RangeError if no link was measured. */
export function constantsOf({ work, links }: ConstantsResults): Constants {
  const fitted = new Map(links.map((times) => [times.name, fitLink(times)]));
  const [fastest] = links;
  if (fastest === undefined) throw new RangeError('constantsOf: expected a link that was measured, got none');
  return {
    alone: fitWork(work.alone),
    busy: fitWork(work.busy),
    perGradient: fitPerGradient(fastest, fitted.get(fastest.name)!),
    links: fitted,
  };
}
