/** A plan as the query of the page's address, so that it can be sent, kept and reloaded. */
import { normNames, placements, type SettingName, standardSettings, trainingSettings } from '@bn/lenet';
import type { RunSettings } from '../protocol.js';
import { type LessonName, lessonNames } from './lessons.js';
import { choicesOf, maximumCurves, noChoices, type Plan } from './plan.js';

export interface Address {
  readonly plan: Plan;
  readonly lesson: LessonName | undefined;
}

/** An entry of the query that means nothing here. */
export interface AddressFault {
  readonly name: string;
  readonly got: string;
}

export const standardPlan: Plan = {
  settings: { norm: 'batch', placement: 'before', ...standardSettings },
  others: noChoices,
};

/** The query of a plan, with a question mark. Of several choices the first is the form's. */
export function queryOf({ plan, lesson }: Address): string {
  const { norms, placements: places, batchSizes } = choicesOf(plan);
  const { learningRate, epochs, seed } = plan.settings;
  const entries = {
    ...(lesson && { lesson }),
    norm: norms.join(),
    placement: places.join(),
    learningRate: String(learningRate),
    batchSize: batchSizes.join(),
    epochs: String(epochs),
    seed: String(seed),
  };
  // Written by hand, so that commas stay commas.
  return `?${Object.entries(entries)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')}`;
}

/** Reads a query; what it leaves out, or what means nothing, is as in the standard plan. */
export function parseQuery(query: string): Address & { readonly faults: readonly AddressFault[] } {
  const entries = new Map(new URLSearchParams(query));
  const faults: AddressFault[] = [];
  /** The values of an entry, if all of them are good. */
  const read = <Value>(
    name: string,
    valueFrom: (text: string) => Value | undefined,
    most = maximumCurves,
  ) => {
    const text = entries.get(name);
    if (text === undefined) return [];
    const values = [...new Set(text.split(','))].map(valueFrom);
    const known = values.filter((value): value is Value & {} => value !== undefined);
    if (known.length === values.length && values.length <= most) return known;
    faults.push({ name, got: text });
    return [];
  };
  const numbers = (name: SettingName, most = 1) => read(name, (text) => settingOf(name, text), most);
  const norms = read('norm', oneOf(normNames));
  const places = read('placement', oneOf(placements));
  const batchSizes = numbers('batchSize', maximumCurves);
  const chosen: Partial<RunSettings> = withoutUndefined({
    norm: norms[0],
    placement: places[0],
    batchSize: batchSizes[0],
    learningRate: numbers('learningRate')[0],
    epochs: numbers('epochs')[0],
    seed: numbers('seed')[0],
  });
  return {
    plan: {
      settings: { ...standardPlan.settings, ...chosen },
      others: { norms: norms.slice(1), placements: places.slice(1), batchSizes: batchSizes.slice(1) },
    },
    lesson: read('lesson', oneOf(lessonNames), 1)[0],
    faults,
  };
}

const oneOf =
  <Name extends string>(names: readonly Name[]) =>
  (text: string): Name | undefined =>
    names.find((name) => name === text);

function settingOf(name: SettingName, text: string): number | undefined {
  const { whole, minimum, maximum } = trainingSettings[name];
  const value = Number(text);
  const isGood =
    text.trim() !== '' && value >= minimum && value <= maximum && (!whole || Number.isInteger(value));
  return isGood ? value : undefined;
}

const withoutUndefined = <Values extends object>(values: Values): Partial<RunSettings> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
