/** The benchmark's page: a form, a run in workers, and its result. */
import './style.css';
import { messageOf, UsageError } from '../errors.js';
import { caseTitle, selectCases } from '../grid/cases.js';
import { selectContenders } from '../grid/contenders.js';
import type { Plan, Progress } from '../measuring/plan.js';
import { differenceFrom } from '../measuring/resume.js';
import { run } from '../measuring/run.js';
import { duration, percent } from '../report/format.js';
import { styleSheet } from '../report/style.js';
import type { BenchResult } from '../results/result.js';
import { describeMachine, freeMemory, graphics } from './device.js';
import { clearFault, FieldError, showFault } from './fieldFault.js';
import { fillForm, readForm } from './form.js';
import { ResultView } from './results.js';
import { WorkerPeer } from './workerPeer.js';

declare global {
  /** Whoever drives the page from outside gets each result here, too, with how far it is if it is not the last. */
  var benchObserver: ((result: BenchResult, progress?: Progress) => void) | undefined;
  /** And may give the result of a run that was interrupted. */
  var benchEarlier: BenchResult | undefined;
}

const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const form = element<HTMLFormElement>('options');
const [start, stop, save] = ['start', 'stop', 'export'].map((id) => element<HTMLButtonElement>(id)) as [
  HTMLButtonElement,
  HTMLButtonElement,
  HTMLButtonElement,
];
const progress = element<HTMLProgressElement>('progress');
const query = new URLSearchParams(location.search);
const view = new ResultView(element('results'));
let controller = new AbortController();

const style = document.createElement('style');
style.textContent = styleSheet;
document.head.prepend(style);
element('device').textContent = graphics();
fillForm(form, query);

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void measure();
});
stop.addEventListener('click', () => controller.abort());
save.addEventListener('click', () => view.export());
if (query.has('start')) void measure();

async function measure(): Promise<void> {
  say('error', '');
  clearFault(form);
  let plan: Plan;
  try {
    plan = planned();
  } catch (error) {
    if (error instanceof FieldError) return showFault(form, error);
    say('error', messageOf(error));
    if (!(error instanceof UsageError)) throw error;
    return;
  }
  controller = new AbortController();
  running(true);
  say('state', 'Measuring.');
  try {
    const result = await run(
      plan,
      (contender) => WorkerPeer.start(contender),
      { onProgress },
      controller.signal,
      interrupted(plan),
    );
    await view.show(result, { atOnce: true });
    say('state', result.state === 'complete' ? 'Done.' : 'Stopped; what was measured is below.');
    globalThis.benchObserver?.(result);
  } catch (error) {
    say('state', 'Failed.');
    say('error', messageOf(error));
  } finally {
    running(false);
  }
}

function interrupted(plan: Plan): BenchResult | undefined {
  const earlier = globalThis.benchEarlier;
  return earlier && differenceFrom(plan, earlier) === undefined ? earlier : undefined;
}

function planned(): Plan {
  const options = readForm(form);
  const build = query.get('build');
  return {
    cases: selectCases(options),
    contenders: selectContenders(options),
    settings: options.settings,
    machine: describeMachine(),
    command: query.get('command') ?? 'npm run bench:web',
    ...(build === null ? {} : { build }),
    freeMemory,
  };
}

async function onProgress(result: BenchResult, current: Progress): Promise<void> {
  const { done, total, round, secondsLeft } = current;
  progress.max = total;
  progress.value = done;
  say(
    'case',
    `${percent(done / total)}, about ${duration(secondsLeft)} left, round ${round + 1}, ${caseTitle(current.case)}`,
  );
  save.disabled = false;
  await view.show(result);
  globalThis.benchObserver?.(result, current);
}

function running(yes: boolean): void {
  start.disabled = yes;
  stop.disabled = !yes;
  progress.hidden = !yes;
  if (!yes) say('case', '');
}

function say(id: string, text: string): void {
  element(id).textContent = text;
}
