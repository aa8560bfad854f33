/** `eval`: loads a checkpoint and measures it on the test images. */

import type { NodeBackendName, Threads } from '@bn/backends';
import { counted } from '../counts.js';
import type { Norm } from '../model/architecture.js';
import { startBackend } from '../run/backend.js';
import { evaluate } from '../training/evaluate.js';
import { loadCheckpoint } from './checkpointFile.js';
import { type DataOptions, loadData } from './data.js';

export interface EvalCommandOptions extends DataOptions {
  readonly checkpoint: string;
  readonly norm?: Norm;
  readonly batchSize: number;
  readonly backend: NodeBackendName;
  readonly threads: Threads;
}

/** Rejects with the signal's reason. */
export async function evalCommand(options: EvalCommandOptions, signal: AbortSignal): Promise<void> {
  await startBackend(options.backend, options.threads);
  const model = await loadCheckpoint(options.checkpoint, options.norm);
  const dataset = await loadData(options, signal);
  const { loss, accuracy } = await evaluate(model, dataset.test, options.batchSize, signal);
  if (!options.quiet) {
    console.log(
      `LeNet with norm ${model.norm} on ${counted(dataset.test.count)} test images of ${dataset.name} Fashion-MNIST`,
    );
  }
  console.log(`test loss ${loss.toFixed(3)}, test acc ${accuracy.toFixed(3)}`);
  model.dispose();
}
