/** Lessons: each is a link that sets the form, with a text on what to look for and a button that trains what it is about. */

import { queryOf } from '../lessons/address.js';
import { type LessonName, lessonNames, lessons } from '../lessons/lessons.js';
import { t } from '../messages/language.js';
import { dataset, worker } from '../state/page.js';
import { closeLesson, lesson, openLesson, planned } from '../state/plan.js';
import { trainAlone } from '../state/runs.js';
import { settingsFormId } from './newRun.js';
import { Panel } from './panel.js';
import { faultOfRuns } from './runFault.js';
import { showResults } from './showResults.js';

export function LessonsPanel() {
  const texts = t.value.lessons;
  const open = lesson.value;
  return (
    <Panel id="lessons" title={texts.title} hint={texts.hint}>
      <ul class="lesson-links">
        {lessonNames.map((name) => (
          <li key={name}>
            <a
              href={queryOf({ plan: lessons[name], lesson: name })}
              {...(name === open && { 'aria-current': 'true' as const })}
              onClick={(event) => follow(event, name)}
            >
              {texts.list[name].name}
            </a>
          </li>
        ))}
      </ul>
      {open && <OpenLesson name={open} />}
    </Panel>
  );
}

function OpenLesson({ name }: { name: LessonName }) {
  const texts = t.value.lessons;
  const runs = planned.value;
  const fault = faultOfRuns(runs);
  const waiting = worker.value !== 'ready' || dataset.value === undefined;
  return (
    <section class="lesson" aria-label={texts.list[name].name}>
      <p>{texts.list[name].look}</p>
      <div class="buttons">
        <button
          type="button"
          class="primary"
          form={settingsFormId}
          disabled={waiting || fault !== undefined}
          onClick={({ currentTarget }) => {
            if (currentTarget.form!.reportValidity()) void trainAlone(runs).then(showResults);
          }}
        >
          {t.value.comparison.start(runs.length)}
        </button>
        <button type="button" onClick={closeLesson}>
          {texts.close}
        </button>
      </div>
      <p class="fault" role="alert">
        {fault}
      </p>
      <p class="hint">{texts.origin}</p>
    </section>
  );
}

/** Opens a lesson in place; with a modifier key the browser does with the link what it always does. */
function follow(event: MouseEvent, name: LessonName): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  openLesson(name);
}
