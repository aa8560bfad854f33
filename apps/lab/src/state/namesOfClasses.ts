/** What the classes of the current images are called. Files that a person chose may hold anything: their classes are numbers. */
import { computed } from '@preact/signals';
import { t } from '../messages/language.js';
import { dataset } from './page.js';

export const namesOfClasses = computed<readonly string[]>(() =>
  dataset.value?.name === 'custom' ? t.value.classes.map((_, label) => String(label)) : t.value.classes,
);
