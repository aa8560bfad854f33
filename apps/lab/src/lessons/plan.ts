/** What a person has set: a run, and what is compared with it. */
import type { Norm, Placement } from '@bn/lenet';
import type { RunSettings } from '../protocol.js';

/** Choices for a setting, each of which gets its own run; an empty list leaves the setting as it is. */
export interface Comparison {
  readonly norms: readonly Norm[];
  readonly placements: readonly Placement[];
  readonly batchSizes: readonly number[];
}

export interface Plan {
  readonly settings: RunSettings;
  readonly compared: Comparison;
}

/** More curves than this nobody tells apart. */
export const maximumCurves = 5;

export const noComparison: Comparison = { norms: [], placements: [], batchSizes: [] };

/** A run for each combination of the choices. Without a norm there is no placement, so that is one run. */
export function plannedRuns({ settings, compared }: Plan): RunSettings[] {
  const { norms, placements, batchSizes } = choicesOf({ settings, compared });
  return norms.flatMap((norm) =>
    (norm === 'none' ? [settings.placement] : placements).flatMap((placement) =>
      batchSizes.map((batchSize) => ({ ...settings, norm, placement, batchSize })),
    ),
  );
}

/** All choices of a plan: those that are compared, or the setting's own. */
export const choicesOf = ({ settings, compared }: Plan): Comparison => ({
  norms: orOwn(compared.norms, settings.norm),
  placements: orOwn(compared.placements, settings.placement),
  batchSizes: orOwn(compared.batchSizes, settings.batchSize),
});

const orOwn = <Choice>(choices: readonly Choice[], own: Choice): readonly Choice[] =>
  choices.length > 0 ? choices : [own];
