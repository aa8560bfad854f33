/** What the next run will be like: as the form was before a reload, else the tutorial's. */
import { normNames, placements, standardSettings } from '@bn/lenet';
import { effect, signal } from '@preact/signals';
import type { RunSettings } from '../protocol.js';
import { keepForTab, keptForTab } from './remembered.js';

const standard: RunSettings = { norm: 'batch', placement: 'before', ...standardSettings };

const isChoice = (name: string, value: unknown): boolean => {
  if (name === 'norm') return normNames.some((norm) => norm === value);
  if (name === 'placement') return placements.some((placement) => placement === value);
  return typeof value === 'number';
};

/** Of what was kept only what the form has a place for. */
function settingsIn(kept: unknown): RunSettings {
  const given = Object.entries(kept ?? {}).filter(
    ([name, value]) => name in standard && isChoice(name, value),
  );
  return { ...standard, ...Object.fromEntries(given) };
}

export const settings = signal<RunSettings>(settingsIn(keptForTab('settings')));

effect(() => keepForTab('settings', settings.value));

export function changeSettings(change: Partial<RunSettings>): void {
  settings.value = { ...settings.value, ...change };
}
