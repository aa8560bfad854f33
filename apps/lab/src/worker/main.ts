/** The worker: answers the page's calls with the trainer. */
import { reasonOf } from '@bn/lenet';
import { expose, type TransferHandler, transferHandlers } from 'comlink';
import type { WorkerMessage } from '../protocol.js';
import { availableBackends, startBackend } from './backends.js';
import { Trainer } from './trainer.js';

const post = (message: WorkerMessage) => self.postMessage(message);

// Comlink would leave an error's code and details behind.
const thrown = transferHandlers.get('throw') as TransferHandler<{ readonly value: unknown }, unknown>;
transferHandlers.set('throw', {
  ...thrown,
  serialize: ({ value }) => [{ isError: false, value: reasonOf(value) }, []],
} satisfies TransferHandler<{ readonly value: unknown }, unknown>);

expose(new Trainer(startBackend, (event) => post({ event })));

post({ backends: await availableBackends() });
