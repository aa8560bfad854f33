/** The language of the page, and its texts in it. */
import { computed, effect, signal } from '@preact/signals';
import { remembered } from '../state/remembered.js';
import { en, type Messages } from './en.js';
import { zh } from './zh.js';

export const languages = { en, zh } satisfies Record<string, Messages>;
export type Language = keyof typeof languages;

const preferred = (): Language => (navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en');

export const language = signal<Language>(
  remembered('language', Object.keys(languages) as Language[]) ?? preferred(),
);

/** The texts. */
export const t = computed(() => languages[language.value]);

effect(() => {
  document.documentElement.lang = t.value.languageTag;
  document.title = t.value.title;
});
