/** How far a run has come, and how to go on: for people whose training was stopped. */
import { isLaunched } from '@bn/mpi';
import { plural } from '../counts.js';
import { messageOf } from '../errors.js';
import { decodeState } from '../training/snapshot.js';
import type { TrainingPosition } from '../training/state.js';
import { checkpointPathOf, peekCheckpoint, peekConfiguration } from './folder.js';
import { isStartedByTrainer } from './status.js';
import { typedCommand } from './typedCommand.js';

/**
 * @param path of the run's folder
 * @param epochs of the whole run
 * @param saved where its checkpoint stands; undefined if there is none
 * @param processes that have trained it together
 */
export function standingText(
  path: string,
  epochs: number,
  saved: TrainingPosition | undefined,
  processes: number,
): string {
  const again = resumeCommand(path, processes);
  if (saved === undefined) return `there is no checkpoint yet; to start again: ${again}`;
  const { epoch, seen } = saved;
  const within = seen === 0 ? '' : ` and ${plural(seen, 'image')} of epoch ${epoch}`;
  return `${checkpointPathOf(path)} holds ${epoch - 1} of ${epochs} epochs${within}; to resume: ${again}`;
}

/** Goes on in as many processes as before, started as before. */
function resumeCommand(path: string, processes: number): string {
  const command = `${typedCommand()} train --resume ${path}`;
  if (processes === 1) return command;
  const isStartedByTrainerer = isLaunched() && !isStartedByTrainer();
  return isStartedByTrainerer ? `mpirun -n ${processes} ${command}` : `${command} --processes ${processes}`;
}

/** The same of a run whose processes have ended without a word: its files are read. If one is damaged, it says which. */
export async function lookedUpStanding(path: string, processes: number): Promise<string> {
  try {
    const [configuration, checkpoint] = [await peekConfiguration(path), await peekCheckpoint(path)];
    if (configuration === undefined) return `there is no run in ${path}`;
    return standingText(path, configuration.epochs, checkpoint && positionIn(path, checkpoint), processes);
  } catch (error) {
    return messageOf(error);
  }
}

function positionIn(path: string, checkpoint: Uint8Array): TrainingPosition {
  try {
    return decodeState(checkpoint).position;
  } catch (error) {
    throw new Error(`${checkpointPathOf(path)}: ${messageOf(error)}`, { cause: error });
  }
}
