/**
 * Where a training stands, as files hold it: the only schema of settings, position and finished epochs, with their ranges and
 * with what must agree among them.
 */
import { z } from 'zod';
import { numberIn } from '../checked.js';
import { isInRange, type Range } from '../differences.js';
import { type SettingName, settingNames, trainingSettings } from './settings.js';

const whole = (minimum: number, maximum: number): Range => ({ whole: true, minimum, maximum });
const atLeast = (minimum: number): Range => ({ whole: false, minimum, maximum: Number.MAX_VALUE });
const share: Range = { whole: false, minimum: 0, maximum: 1 };
/** As many images as an IDX file can say that it has. */
const imageCount = numberIn(whole(1, 2 ** 32 - 1));
/** A GPU's logarithm of 1 may be a little above 0, and a cross-entropy of nearly 0 then a little below. */
const lossRounding = 1e-3;
/** A mean of cross-entropies. */
const loss = numberIn(atLeast(-lossRounding));
/** JSON has null for what is not finite. */
const orNull = (schema: z.ZodType<number>, meaning: number) =>
  z.union([schema, z.null().transform(() => meaning)]);

/** The entries of `Settings`, for schemas that have more of them. */
export const settingsShape = Object.fromEntries(
  settingNames.map((name) => [name, numberIn(trainingSettings[name])]),
) as Record<SettingName, ReturnType<typeof numberIn>>;

export const settings = z.strictObject({
  ...settingsShape,
  /** Number of training images: those of another data set would not continue this run. */
  trainCount: imageCount,
});

const int32 = numberIn(whole(-(2 ** 31), 2 ** 31 - 1));

const position = z.strictObject({
  /** The epoch under way, from 1. */
  epoch: numberIn(whole(1, trainingSettings.epochs.maximum + 1)),
  /** Images seen in this epoch. */
  seen: numberIn(whole(0, Number.MAX_VALUE)),
  /** Sum of the losses of the images seen. */
  lossSum: numberIn(atLeast(-Number.MAX_VALUE)),
  /** How many of the images seen were classified correctly. */
  correctSum: numberIn(whole(0, Number.MAX_VALUE)),
  /** Seconds spent on training in this epoch. */
  seconds: numberIn(atLeast(0)),
  /** State of the source that draws the order of images, before it drew this epoch's. */
  shuffling: z.array(int32).check(({ value, issues }) => {
    if (value.length !== 4) issues.push(unfit(value, ['length'], whole(4, 4)));
    else if (value.every((word) => word === 0)) issues.push(unfit(value, [], 'words that are not all 0'));
  }),
});

const epochMetrics = z.strictObject({
  /** From 1. */
  epoch: numberIn(whole(1, trainingSettings.epochs.maximum)),
  trainLoss: loss,
  trainAccuracy: numberIn(share),
  /** Not finite where a network trains on all the same. */
  testLoss: orNull(loss, Number.NaN),
  testAccuracy: numberIn(share),
  /** Seconds spent on training, without evaluation and without waiting for the observer. */
  seconds: numberIn(atLeast(0)),
  /** Not finite where the clock is too coarse. */
  examplesPerSecond: orNull(numberIn(atLeast(0)), Number.POSITIVE_INFINITY),
});

/** The finished epochs, from the first on. */
export const history = z.array(epochMetrics).check((context) => {
  context.value.forEach(({ epoch }, index) => {
    if (epoch !== index + 1) {
      context.issues.push(unfit(context.value, [index, 'epoch'], whole(index + 1, index + 1)));
    }
  });
});

export const trainingState = z.strictObject({ settings, position, history }).check((context) => {
  const { settings, position, history } = context.value;
  const { epochs, batchSize, trainCount } = settings;
  const { epoch, seen, lossSum, correctSum } = position;
  const want = (path: PropertyKey[], value: number, wanted: Range) => {
    if (!isInRange(value, wanted)) context.issues.push(unfit(context.value, path, wanted));
  };
  want(['position', 'epoch'], epoch, whole(1, epochs + 1));
  want(['history', 'length'], history.length, whole(epoch - 1, epoch - 1));
  // Steps are whole batches, and the last one of an epoch is what is left. After the last epoch there is nothing to see.
  const seenAtMost = epoch > epochs ? 0 : trainCount;
  want(['position', 'seen'], seen, { ...whole(0, seenAtMost), multipleOf: batchSize });
  want(['position', 'correctSum'], correctSum, whole(0, seen));
  want(['position', 'lossSum'], lossSum, seen === 0 ? whole(0, 0) : atLeast(-lossRounding * seen));
});

/** An issue of a check of several values together. */
const unfit = (input: unknown, path: PropertyKey[], wanted: Range | string) =>
  ({ code: 'custom', input, path, params: { wanted } }) as const;

/** What, with the architecture, determines a run. */
export type TrainingSettings = Readonly<z.infer<typeof settings>>;
/** Where training stands between two steps. With the weights it is all that it takes to go on as if it had never stopped. */
export type TrainingPosition = Readonly<z.infer<typeof position>>;
/** One finished epoch. */
export type EpochMetrics = Readonly<z.infer<typeof epochMetrics>>;
/** Where a run stands, but for the weights. */
export interface TrainingState {
  readonly settings: TrainingSettings;
  readonly position: TrainingPosition;
  /** The epochs that are finished. */
  readonly history: readonly EpochMetrics[];
}
