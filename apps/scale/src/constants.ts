import { fitLink, fitPerGradient, fitWork } from './fit.js';
import type { Link, Work } from './model.js';
import type { Network } from './networks.js';
import type { ConstantsResults, ValuesTime } from './results.js';

/** 4 MB. */
const fewGradients = 2 ** 20;
const isFew = (gradients: number): boolean => gradients <= fewGradients;

/** The constants of the model on this machine, in milliseconds. */
export interface Constants {
  readonly alone: Work;
  /** While another process computes. */
  readonly busy: Work;
  /** Of networks up to `fewGradients`, and of larger ones, whose gradients do not stay in the caches. */
  readonly perGradient: { readonly few: number; readonly many: number };
  readonly links: ReadonlyMap<string, Link>;
}

/** @throws RangeError if no link was measured. */
export function constantsOf({ work, links }: ConstantsResults): Constants {
  const fitted = new Map(links.map((times) => [times.name, fitLink(times)]));
  const [fastest] = links;
  if (fastest === undefined) throw new RangeError('constantsOf: expected a link that was measured, got none');
  const of = (averages: readonly ValuesTime[]) => fitPerGradient(averages, fitted.get(fastest.name)!);
  const few = fastest.averages.filter(({ values }) => isFew(values));
  const many = fastest.averages.filter(({ values }) => !isFew(values));
  return {
    alone: fitWork(work.alone),
    busy: fitWork(work.busy),
    perGradient: { few: of(few), many: of(many.length > 0 ? many : few) },
    links: fitted,
  };
}

/** Milliseconds of one value of the gradients of `network`. */
export const perGradientOf = ({ perGradient }: Constants, { parameters }: Network): number =>
  isFew(parameters) ? perGradient.few : perGradient.many;
