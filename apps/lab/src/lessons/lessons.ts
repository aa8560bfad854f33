/** The lessons: what each of them sets. Their texts say what was seen with these settings at seed 0 on the committed images. */
import { standardSettings } from '@bn/lenet';
import type { RunSettings } from '../protocol.js';
import { type Choices, noChoices, type Plan } from './plan.js';

export const lessonNames = ['none', 'pairs', 'group', 'rate', 'after', 'lag', 'swap'] as const;
export type LessonName = (typeof lessonNames)[number];

const plan = (settings: Partial<RunSettings>, others: Partial<Choices> = {}): Plan => ({
  settings: { norm: 'batch', placement: 'before', ...standardSettings, ...settings },
  others: { ...noChoices, ...others },
});

export const lessons: Readonly<Record<LessonName, Plan>> = {
  none: plan({ epochs: 5 }, { norms: ['none'] }),
  pairs: plan({ learningRate: 0.1, batchSize: 16, epochs: 1 }, { batchSizes: [2] }),
  group: plan({ learningRate: 0.1, batchSize: 2, epochs: 1 }, { norms: ['group'] }),
  rate: plan({ learningRate: 8.1, epochs: 5 }, { norms: ['none'] }),
  after: plan({ epochs: 5 }, { placements: ['after'] }),
  lag: plan({ learningRate: 0.1, epochs: 3 }),
  swap: plan({ batchSize: 64, epochs: 10 }),
};
