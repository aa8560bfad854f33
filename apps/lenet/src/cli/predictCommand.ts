/** `predict`: classifies images. */
import type { NodeBackendName } from '@bn/backends';
import { classNames } from '../dataset/classes.js';
import { decodePng } from '../dataset/png.js';
import { longestPng } from '../dataset/pngHeader.js';
import { ImageError, messageOf } from '../errors.js';
import { readAtMost } from '../files/readAtMost.js';
import { type Prediction, predict } from '../model/predict.js';
import { startBackend } from '../run/backend.js';
import { loadCheckpoint } from './checkpointFile.js';

export interface PredictCommandOptions {
  readonly checkpoint: string;
  readonly backend: NodeBackendName;
  readonly top: number;
  readonly invert: boolean;
}

/** @throws ImageError at the end, where some of the images could not be read; the others have been classified. */
export async function predictCommand(
  paths: readonly string[],
  { checkpoint, backend, top, invert }: PredictCommandOptions,
): Promise<void> {
  await startBackend(backend);
  const model = await loadCheckpoint(checkpoint);
  let unreadable = 0;
  for (const path of paths) {
    let pixels: Uint8Array;
    try {
      pixels = decodePng(await readAtMost(path, longestPng));
    } catch (error) {
      console.error(`error: ${path}: ${messageOf(error)}`);
      unreadable++;
      continue;
    }
    const [predictions] = await predict(model, invert ? pixels.map((grey) => 255 - grey) : pixels);
    console.log(`${path}: ${predictions!.slice(0, top).map(describe).join(', ')}`);
  }
  model.dispose();
  if (unreadable > 0) {
    throw new ImageError(`${unreadable} of ${paths.length} images could not be read`);
  }
}

const describe = ({ label, confidence }: Prediction): string =>
  `${classNames[label]} ${(100 * confidence).toFixed(1)}%`;
