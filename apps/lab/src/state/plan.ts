/** What a person has set, kept in the page's address: a reload and a link bring it back. */
import { effect, signal } from '@preact/signals';
import { parseQuery, queryOf, standardPlan } from '../lessons/address.js';
import { type LessonName, lessons } from '../lessons/lessons.js';
import type { Comparison, Plan } from '../lessons/plan.js';
import { notify } from './page.js';
import { settings } from './settings.js';

export const compared = signal<Comparison>(standardPlan.compared);
/** The lesson that is open. */
export const lesson = signal<LessonName | undefined>(undefined);

export const currentPlan = (): Plan => ({ settings: settings.value, compared: compared.value });

/** Sets what a lesson sets, and shows its text. */
export function openLesson(name: LessonName): void {
  lesson.value = name;
  settings.value = lessons[name].settings;
  compared.value = lessons[name].compared;
}

export const closeLesson = (): void => {
  lesson.value = undefined;
  compared.value = standardPlan.compared;
};

/** Browsers refuse an address that changes with every key that is pressed. */
const millisecondsToAddress = 300;

/** Takes over what the address says, and writes there what is set from now on. */
export function followAddress(): void {
  const { plan, lesson: named, faults } = parseQuery(location.search);
  // Without a query the form is as it was before a reload.
  if (location.search !== '') settings.value = plan.settings;
  compared.value = plan.compared;
  lesson.value = named;
  if (faults.length > 0) {
    const list = faults.map(({ name, got }) => `${name}=${got}`).join(', ');
    notify({ tone: 'error', text: (t) => t.lessons.unknownInAddress(list) });
  }
  const standard = queryOf({ plan: standardPlan, lesson: undefined });
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const query = queryOf({ plan: currentPlan(), lesson: lesson.value });
    clearTimeout(timer);
    timer = setTimeout(() => {
      // A field that is being filled in has no number yet.
      if (query.includes('NaN')) return;
      history.replaceState(
        history.state,
        '',
        (query === standard ? location.pathname : query) + location.hash,
      );
    }, millisecondsToAddress);
  });
}
