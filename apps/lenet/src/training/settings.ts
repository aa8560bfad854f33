/**
 * What a person decides about training, but for the network: one entry for each setting. The command line's options, the
 * schema of files and the lab's defaults come from here. Apart from what needs tfjs: the lab's page leaves that to its worker.
 */
import type { Range } from '../differences.js';
import { maximumSeed } from '../random.js';

interface Setting extends Range {
  /** What a run has where nobody says otherwise: the tutorial's. */
  readonly standard: number;
  /** For the command line's help. */
  readonly help: string;
}

const whole = (minimum: number, maximum: number) => ({ whole: true, minimum, maximum }) as const;
const positive = { whole: false, minimum: Number.MIN_VALUE, maximum: Number.MAX_VALUE } as const;

export const trainingSettings = {
  epochs: { ...whole(1, 100_000), standard: 10, help: 'how many times to go through the training images' },
  batchSize: { ...whole(1, 60_000), standard: 256, help: 'images per step' },
  learningRate: { ...positive, standard: 0.9, help: 'step size of stochastic gradient descent' },
  seed: {
    ...whole(0, maximumSeed),
    standard: 0,
    help: 'for initial weights and order of images; the same seed gives the same run on the same backend',
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof trainingSettings;
export const settingNames = Object.keys(trainingSettings) as SettingName[];

/** What, with the architecture and the data, determines a run. */
export type Settings = Readonly<Record<SettingName, number>>;

/** The value of each setting in `values`, and nothing else. */
export const settingsIn = (values: Settings): Settings => select((name) => values[name]);

/** The tutorial's. */
export const standardSettings: Settings = select((name) => trainingSettings[name].standard);

function select(get: (name: SettingName) => number): Settings {
  return Object.fromEntries(settingNames.map((name) => [name, get(name)])) as Settings;
}
