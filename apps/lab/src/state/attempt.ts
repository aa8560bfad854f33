/** Runs what a person asked for; what goes wrong is shown. */
import { reasonOf } from '@bn/lenet';
import { CrashError } from '../errors.js';
import type { Messages } from '../messages/en.js';
import { textOf } from '../messages/reasons.js';
import { notify } from './page.js';
import { Refusal } from './refusal.js';

export async function attempt(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    // A crash has its own notice, with the way out.
    if (error instanceof CrashError) return;
    const reason = reasonOf(error);
    const text =
      error instanceof Refusal ? error.explain : (t: Messages) => t.notices.failed(textOf(reason, t));
    notify({ tone: 'error', text });
  }
}

let lastTurn: Promise<void> = Promise.resolve();

/**
 * The same, when all that was asked for before is done: for what changes which run the worker has in hand, so that a
 * second click does not come between an action's steps. An action must not wait for another's turn.
 */
export function inTurn(action: () => Promise<void>): Promise<void> {
  lastTurn = lastTurn.then(() => attempt(action));
  return lastTurn;
}
