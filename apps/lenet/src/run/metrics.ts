/** A run's metrics.jsonl: a line of JSON for each finished epoch. */
import { join } from 'node:path';
import { checked } from '../checked.js';
import { differenceText } from '../differences.js';
import { CheckpointError, messageOf } from '../errors.js';
import { longestFile } from '../files/longestFile.js';
import { readText } from '../files/readAtMost.js';
import { type EpochMetrics, history } from '../training/state.js';
import { typedCommand } from './typedCommand.js';

export const metricsName = 'metrics.jsonl';

export const formatMetrics = (epochs: readonly EpochMetrics[]): string =>
  epochs.map((epoch) => JSON.stringify(epoch) + '\n').join('');

/**
 * The finished epochs of the run in a folder, as far as its process has come to write them.
 *
 * @throws CheckpointError if the file is damaged
 */
export async function peekHistory(folder: string): Promise<readonly EpochMetrics[]> {
  const path = join(folder, metricsName);
  try {
    return parseMetrics(await read(path));
  } catch (error) {
    throw new CheckpointError(
      `${path}: ${messageOf(error)}; ${typedCommand()} train --resume ${folder} writes it again from the checkpoint`,
      { cause: error },
    );
  }
}

/** Nothing if there is no such file: no epoch is finished yet. */
const read = (path: string): Promise<string> =>
  readText(path, longestFile.metrics).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });

function parseMetrics(text: string): readonly EpochMetrics[] {
  const lines = text.split('\n').filter((line) => line !== '');
  const result = checked(history, lines.map(parseLine));
  if ('data' in result) return result.data;
  const differences = result.differences.map(differenceText);
  throw new CheckpointError(`these are not the metrics of a run's epochs:\n  ${differences.join('\n  ')}`);
}

function parseLine(line: string, index: number): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new CheckpointError(`line ${index + 1} is not JSON: ${messageOf(error)}`, { cause: error });
  }
}
