/** What the members of a group do that have no folder: all but rank 0, which prepares the run, prints and writes. */
import type { Dataset } from '../dataset/images.js';
import { gatherBytes, type TrainingGroup } from '../training/group.js';
import type { RunConfiguration } from './configuration.js';
import { parseConfiguration } from './configuration.js';
import { sessionOf } from './trainingRun.js';

/** A run as rank 0 has it, from its first step or its last checkpoint on. */
export interface SharedRun {
  readonly configuration: RunConfiguration;
  readonly checkpoint: Uint8Array | undefined;
}

/** Gives every member the run of rank 0, which may have a disk that the others have not. */
export function shareRun(group: TrainingGroup, run: SharedRun | undefined): SharedRun {
  const text = run && new TextEncoder().encode(JSON.stringify(run.configuration));
  const [configuration] = gatherBytes(group, text);
  const [checkpoint] = gatherBytes(group, run?.checkpoint);
  return {
    configuration: parseConfiguration(new TextDecoder().decode(configuration)),
    checkpoint: checkpoint!.length > 0 ? checkpoint : undefined,
  };
}

/** Trains along to the last epoch, and keeps nothing. */
export async function followRun(
  { configuration, checkpoint }: SharedRun,
  dataset: Dataset,
  signal: AbortSignal,
  group: TrainingGroup,
): Promise<void> {
  const session = sessionOf(configuration, 'the checkpoint of rank 0', checkpoint);
  try {
    await session.train(dataset, { isSaveDue: () => false, save: async () => {} }, signal, group);
  } finally {
    session.dispose();
  }
}
