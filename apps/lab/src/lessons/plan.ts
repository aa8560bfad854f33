/** What a person has set: a run, and what else is trained to be compared with it. */
import type { Norm, Placement } from '@bn/lenet';
import type { RunSettings } from '../protocol.js';

/** Choices for settings, each of which gets its own run. */
export interface Choices {
  readonly norms: readonly Norm[];
  readonly placements: readonly Placement[];
  readonly batchSizes: readonly number[];
}

export interface Plan {
  /** The run that the form sets. */
  readonly settings: RunSettings;
  /** Choices beside those of the form. */
  readonly others: Choices;
}

/** More curves than this nobody tells apart. */
export const maximumCurves = 5;

export const noChoices: Choices = { norms: [], placements: [], batchSizes: [] };

/** A run for each combination of the choices, the form's own first. Without a norm there is no placement, so that is one run. */
export function plannedRuns(plan: Plan): RunSettings[] {
  const { norms, placements, batchSizes } = choicesOf(plan);
  return norms.flatMap((norm) =>
    (norm === 'none' ? [plan.settings.placement] : placements).flatMap((placement) =>
      batchSizes.map((batchSize) => ({ ...plan.settings, norm, placement, batchSize })),
    ),
  );
}

/** All choices of a plan, the form's own first. */
export const choicesOf = ({ settings, others }: Plan): Choices => ({
  norms: unique(settings.norm, others.norms),
  placements: unique(settings.placement, others.placements),
  batchSizes: unique(settings.batchSize, others.batchSizes),
});

const unique = <Choice>(own: Choice, others: readonly Choice[]): readonly Choice[] => [
  ...new Set([own, ...others]),
];
