/** Looks into the active run: its layers, and what it makes of the test images. */
import type { Signal } from '@preact/signals';
import { call } from './connection.js';
import { showSoon } from './pace.js';
import { activeId, layers, predictions } from './page.js';

/** Asks for all that is shown of the active run. */
export function refreshViews(): void {
  forgetViews();
  show(call('inspect'), layers);
  refreshPredictions();
}

export const refreshPredictions = (): void => show(call('predictSample'), predictions);

export function forgetViews(): void {
  layers.value = undefined;
  predictions.value = undefined;
}

/** Shows an answer unless another run is active by then; whoever changed it asks for that one. */
function show<T>(answer: Promise<T>, view: Signal<T | undefined>): void {
  const id = activeId.value;
  answer.then(
    (value) => {
      showSoon(() => {
        if (id !== undefined && activeId.value === id) view.value = value;
      });
    },
    () => {
      // Its run was closed while it was looked at, or the worker has crashed, which has its own notice.
    },
  );
}
