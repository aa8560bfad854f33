/** The worker: answers the page's calls with the trainer. */
import { LenetError } from '@bn/lenet';
import type { Call, ErrorDescription, TrainerEvent, WorkerMessage } from '../protocol.js';
import { availableBackends, startBackend } from './backends.js';
import { Trainer } from './trainer.js';

const post = (message: WorkerMessage) => self.postMessage(message);

const trainer = new Trainer(startBackend, (event: TrainerEvent) => post({ event }));

self.addEventListener('message', async ({ data: { call, command, parameters } }: MessageEvent<Call>) => {
  try {
    // The page's client has the commands' types; here they are all the same.
    const run = trainer[command] as (...values: unknown[]) => Promise<unknown>;
    post({ call, value: await run.apply(trainer, [...parameters]) });
  } catch (error) {
    post({ call, error: describe(error) });
  }
});

function describe(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, code } = error as Error & { code?: unknown };
  const fault = error instanceof LenetError ? error.fault : undefined;
  return { name, message, ...(typeof code === 'string' && { code }), ...(fault && { fault }) };
}

post({ backends: availableBackends() });
