/** The plan is kept in the page's address, and nowhere else: a reload and a link bring it back. */
import { effect } from '@preact/signals';
import { parseQuery, queryOf, standardPlan } from '../lessons/address.js';
import { notify } from './page.js';
import { lesson, plan } from './plan.js';

/** Browsers refuse an address that changes with every key that is pressed. */
const millisecondsToAddress = 300;

/** Takes over what the address says, and writes there what is set from now on. */
export function followAddress(): void {
  const { faults, ...address } = parseQuery(location.search);
  plan.value = address.plan;
  lesson.value = address.lesson;
  if (faults.length > 0) {
    const list = faults.map(({ name, got }) => `${name}=${got}`).join(', ');
    notify({ tone: 'error', text: (t) => t.lessons.unknownInAddress(list) });
  }
  const standard = queryOf({ plan: standardPlan, lesson: undefined });
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const query = queryOf({ plan: plan.value, lesson: lesson.value });
    clearTimeout(timer);
    timer = setTimeout(() => {
      // A field that is being filled in has no number yet.
      if (query.includes('NaN')) return;
      const place = query === standard ? location.pathname : query;
      history.replaceState(history.state, '', place + location.hash);
    }, millisecondsToAddress);
  });
}
