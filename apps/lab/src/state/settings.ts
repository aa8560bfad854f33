/** What the next run will be like. */
import { standardSettings } from '@bn/lenet';
import { signal } from '@preact/signals';
import type { RunSettings } from '../protocol.js';

/** The tutorial's. */
export const settings = signal<RunSettings>({
  norm: 'batch',
  placement: 'before',
  ...standardSettings,
});

export function changeSettings(change: Partial<RunSettings>): void {
  settings.value = { ...settings.value, ...change };
}
