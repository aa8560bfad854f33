/** What the next run will be like. */
import { signal } from '@preact/signals';
import type { RunSettings } from '../protocol.js';

/** The tutorial's. */
export const settings = signal<RunSettings>({
  norm: 'batch',
  placement: 'before',
  learningRate: 0.9,
  batchSize: 256,
  epochs: 10,
  seed: 0,
});

export function changeSettings(change: Partial<RunSettings>): void {
  settings.value = { ...settings.value, ...change };
}
