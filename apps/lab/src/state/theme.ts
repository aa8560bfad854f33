/** Light or dark: as the system has it, or as a person chose. */
import { computed, effect, signal } from '@preact/signals';
import { remember, remembered } from './remembered.js';

export const themeChoices = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof themeChoices)[number];

export const themeChoice = signal<ThemeChoice>(remembered('theme', themeChoices) ?? 'system');

const systemDark = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = signal(systemDark.matches);
systemDark.addEventListener('change', ({ matches }) => {
  systemIsDark.value = matches;
});

/** What is shown. */
export const theme = computed<'light' | 'dark'>(() => {
  if (themeChoice.value !== 'system') return themeChoice.value;
  return systemIsDark.value ? 'dark' : 'light';
});

effect(() => {
  document.documentElement.dataset.theme = theme.value;
  remember('theme', themeChoice.value);
});
