/** Seconds that pass, for what takes long enough to wonder. */
import { signal } from '@preact/signals';

export const now = signal(performance.now());

setInterval(() => {
  if (document.visibilityState === 'visible') now.value = performance.now();
}, 1000);
