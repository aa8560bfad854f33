/** The command line's options: each value is checked here, once, and its error says what was got and what was wanted. */
import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../errors.js';
import { parseShapeChoice, type ShapeChoice } from '../grid/cases.js';
import { type Backend, type Implementation, isOnGpu, peerNames } from '../grid/contenders.js';
import { askedOperations, normalizationPhases, type Operation, type Phase } from '../grid/operations.js';
import { type DataFormat, dataFormats } from '../grid/shapes.js';

/** What the options of a run come to. */
export interface RunOptions {
  readonly operations: readonly Operation[];
  readonly shapes: readonly ShapeChoice[];
  readonly phases?: readonly Phase[];
  readonly dataFormats?: readonly DataFormat[];
  readonly backends: readonly Backend[];
  readonly threads: readonly number[];
  readonly peers: readonly Implementation[];
  readonly torch: boolean;
  readonly node: readonly string[];
  readonly rounds: number;
  readonly largeRounds?: number;
  readonly processes: number;
  readonly budget: number;
  readonly longestRun: number;
  readonly quick: boolean;
  readonly resume: boolean;
  readonly out?: string;
}

/** A parser of names from a list, separated by commas. */
function namesOf<Name extends string>(known: readonly Name[]) {
  return (text: string): Name[] => {
    const names = text.split(',').map((name) => name.trim());
    const unknown = names.find((name) => !known.includes(name as Name));
    if (unknown !== undefined) {
      throw new InvalidArgumentError(
        `'${unknown}' is unknown. Expected some of ${known.join(', ')}, separated by commas.`,
      );
    }
    return names as Name[];
  };
}

function shapes(text: string): ShapeChoice[] {
  try {
    return text.split(',').map((choice) => parseShapeChoice(choice.trim()));
  } catch (error) {
    throw error instanceof UsageError ? new InvalidArgumentError(error.message) : error;
  }
}

function peers(text: string): Implementation[] {
  return text === 'none' ? [] : namesOf(peerNames)(text);
}

/** A parser of numbers from `minimum` to `maximum`, whole ones if `step` is 1. */
function number(minimum: number, maximum: number, kind: 'whole number' | 'number') {
  return (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    const wrong = kind === 'whole number' && !Number.isInteger(value);
    if (!(value >= minimum && value <= maximum) || wrong) {
      throw new InvalidArgumentError(`Expected a ${kind} from ${minimum} to ${maximum}.`);
    }
    return value;
  };
}

const mostThreads = 64;
const threadCount = number(1, mostThreads, 'whole number');
const threads = (text: string): number[] =>
  [...new Set(text.split(',').map(threadCount))].sort((a, b) => a - b);

function path(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected a path, got nothing.');
  return text;
}

const cores = Math.min(mostThreads, availableParallelism());
const withoutTorch = peerNames.filter((peer) => peer !== 'torch');

/** What every machine has, and as text. */
function notOnGpu(known: readonly Backend[]): [Backend[], string] {
  const names = known.filter((backend) => !isOnGpu(backend));
  return [names, names.join(',')];
}

/** What `--quick` puts in place of the defaults. */
export const quickDefaults = {
  operations: ['batchNorm', 'layerNorm', 'groupNorm'],
  shapes: ['quick'],
  phases: ['forwardBackward', 'inference'],
  backends: ['wasm'],
  threads: [1],
  peers: ['composed', 'onnxruntime'],
  largeRounds: 3,
  budget: 20,
} as const satisfies Partial<RunOptions>;

/** Fresh objects for each command: commander keeps state in them. */
export const options = {
  operations: () =>
    new Option('--operations <names>', `some of ${askedOperations.join(', ')}`)
      .argParser(namesOf(askedOperations))
      .default(askedOperations, 'all'),
  shapes: () =>
    new Option(
      '--shapes <shapes>',
      'models: shapes of known networks; sweep: BatchNorm and LayerNorm from 1 KB to 256 MB; small: the part of sweep from 16 KB to 1 MB; quick: a few; or shapes such as 32x64x56x56',
    )
      .argParser(shapes)
      .default(['models', 'sweep'], 'models,sweep'),
  phases: () =>
    new Option(
      '--phases <names>',
      `some of ${normalizationPhases.join(', ')} (default: all; in the sweep forwardBackward alone, if it is among them)`,
    ).argParser(namesOf(normalizationPhases)),
  dataFormats: () =>
    new Option(
      '--data-formats <names>',
      `data formats of images: some of ${dataFormats.join(', ')} (default: both)`,
    ).argParser(namesOf(dataFormats)),
  backends: (known: readonly Backend[]) =>
    new Option('--backends <names>', `some of ${known.join(', ')}`)
      .argParser(namesOf(known))
      .default(...notOnGpu(known)),
  threads: () =>
    new Option('--threads <numbers>', 'numbers of threads, for contenders that can use them')
      .argParser(threads)
      .default([...new Set([1, cores])], [...new Set([1, cores])].join(',')),
  peers: () =>
    new Option('--peers <names>', `some of ${withoutTorch.join(', ')}, or none`)
      .argParser(peers)
      .default(withoutTorch, 'all'),
  torch: () =>
    new Option('--torch', 'measure PyTorch too, from $PYTHON or a python3 that has it installed').default(
      false,
    ),
  node: () =>
    new Option(
      '--node <programs>',
      'measure @bn on other versions of Node too: paths, or versions such as 26, which come from the npm registry',
    )
      .argParser((text: string) => text.split(',').map((program) => path(program.trim())))
      .default([], 'none'),
  rounds: () =>
    new Option('--rounds <n>', 'samples of each figure, spread over the run; 6 give a 95% interval')
      .argParser(number(1, 1000, 'whole number'))
      .default(6),
  largeRounds: () =>
    new Option(
      '--large-rounds <n>',
      'samples for tensors of 8 MB and more (default: as many as --rounds)',
    ).argParser(number(1, 1000, 'whole number')),
  processes: () =>
    new Option('--processes <n>', 'processes of each contender, one after the other; they share the rounds')
      .argParser(number(1, 100, 'whole number'))
      .default(3),
  budget: () =>
    new Option('--budget <ms>', 'milliseconds of measurement for each figure in each round')
      .argParser(number(0, 60_000, 'number'))
      .default(40),
  longestRun: () =>
    new Option('--longest-run <s>', 'skip what would take longer than this for one run')
      .argParser(number(0.001, 3600, 'number'))
      .default(5),
  quick: () =>
    new Option(
      '--quick',
      'a few figures on wasm with one thread in less than a minute; other options take precedence',
    ).default(false),
  resume: () =>
    new Option(
      '--resume',
      'resume the run in --out if it is the same run and was interrupted; otherwise start again',
    ).default(false),
  headless: () =>
    new Option('--headless', 'measure at once in a headless Chromium, which renders in software').default(
      false,
    ),
  port: () =>
    new Option('--port <n>', 'where to serve the page')
      .argParser(number(1, 65_535, 'whole number'))
      .default(0, 'a free one'),
  open: () => new Option('--no-open', 'only print the address'),
  folder: () =>
    new Option('--out <folder>', 'where the recorded results are').argParser(path).default('runs/record'),
  out: () =>
    new Option('--out <file>', 'where to write the result (default: runs/bench-<time>.json)').argParser(path),
};
