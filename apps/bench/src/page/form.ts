/** The page's options: from the form, which the address may have filled in. */
import { backendNames } from '@bn/backends';
import { UsageError } from '../errors.js';
import { type CaseSelection, parseShapeChoice } from '../grid/cases.js';
import {
  type Backend,
  type ContenderSelection,
  type Implementation,
  implementations,
  peerNames,
} from '../grid/contenders.js';
import {
  askedOperations,
  normalizationPhases,
  type Operation,
  operations,
  type Phase,
  phaseTitles,
} from '../grid/operations.js';
import { type DataFormat, dataFormats, dataFormatTitles } from '../grid/shapes.js';
import type { Settings } from '../results/result.js';
import { threadsHelp } from './device.js';
import { FieldError, inField } from './fieldFault.js';

export interface PageOptions extends CaseSelection, ContenderSelection {
  readonly settings: Settings;
}

interface Choice {
  readonly name: string;
  readonly title: string;
  /** What they are called, by the names that the address and the command line have for them. */
  readonly values: Readonly<Record<string, string>>;
  readonly chosen: readonly string[];
}

const titled = <Name extends string>(names: readonly Name[], title: (name: Name) => string) =>
  Object.fromEntries(names.map((name) => [name, title(name)]));

/** What is chosen from a list; the rest is written. */
const choices: readonly Choice[] = [
  {
    name: 'backends',
    title: 'Backends',
    values: titled(backendNames, (name) => name),
    chosen: ['wasm', 'webgl'],
  },
  {
    name: 'operations',
    title: 'Operations',
    values: titled(askedOperations, (name) => operations[name].title),
    chosen: ['batchNorm', 'layerNorm', 'groupNorm'],
  },
  {
    name: 'phases',
    title: 'Phases',
    values: titled(normalizationPhases, (name) => phaseTitles[name]),
    chosen: ['forwardBackward'],
  },
  {
    name: 'dataFormats',
    title: 'Data formats of images',
    values: titled(dataFormats, (name) => dataFormatTitles[name]),
    chosen: dataFormats,
  },
  {
    name: 'peers',
    title: 'Beside',
    values: titled(
      peerNames.filter((name) => name !== 'torch'),
      (name) => implementations[name].label,
    ),
    chosen: ['composed', 'onnxruntime'],
  },
];

/** Puts the lists into the form, and what the address says into all of it. */
export function fillForm(form: HTMLFormElement, query: URLSearchParams): void {
  const lists = form.querySelector('#choices')!;
  lists.append(...choices.map((choice) => list(choice, query)));
  const { text, most } = threadsHelp();
  form.querySelector('#threads-help')!.textContent = text;
  const threads = form.elements.namedItem('threads') as HTMLInputElement;
  threads.value = most > 1 ? `1,${most}` : '1';
  threads.disabled = most === 1;
  for (const input of form.querySelectorAll<HTMLInputElement>('input:not([type=checkbox])')) {
    const given = query.get(input.name);
    if (given !== null && !input.disabled) input.value = given;
  }
}

function list({ name, title, values, chosen }: Choice, query: URLSearchParams): HTMLFieldSetElement {
  const given = query.get(name)?.split(',');
  const fieldset = document.createElement('fieldset');
  const legend = document.createElement('legend');
  legend.textContent = title;
  const boxes = Object.entries(values).map(([value, shown]) => {
    const label = document.createElement('label');
    const input = document.createElement('input');
    Object.assign(input, { type: 'checkbox', name, value, checked: (given ?? chosen).includes(value) });
    label.append(input, shown);
    return label;
  });
  fieldset.append(legend, ...boxes);
  return fieldset;
}

/** @throws FieldError if something is missing or not what it should be */
export function readForm(form: HTMLFormElement): PageOptions {
  const data = new FormData(form);
  const chosen = (name: string): string[] => data.getAll(name).map(String);
  const text = (name: string): string => (form.elements.namedItem(name) as HTMLInputElement).value;
  for (const { name, title } of choices) {
    if (name !== 'peers' && chosen(name).length === 0)
      throw new FieldError(name, `${title}: choose at least one`);
  }
  return {
    backends: chosen('backends') as Backend[],
    operations: chosen('operations') as Operation[],
    phases: chosen('phases') as Phase[],
    dataFormats: chosen('dataFormats') as DataFormat[],
    peers: chosen('peers') as Implementation[],
    shapes: inField('shapes', () =>
      text('shapes')
        .split(',')
        .map((shape) => parseShapeChoice(shape.trim())),
    ),
    threads: inField('threads', () => text('threads').split(',').map(threadCount)),
    settings: {
      rounds: Number(text('rounds')),
      ...(text('largeRounds') === '' ? {} : { largeRounds: Number(text('largeRounds')) }),
      processes: Number(text('processes')),
      budget: Number(text('budget')),
      longestRun: Number(text('longestRun')),
    },
  };
}

function threadCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 64) return count;
  throw new UsageError(`Threads: expected numbers from 1 to 64 with commas between them, got '${text}'`);
}
