/** The images that the worker has loaded, and those of them that the page looks at. */
import type { Dataset, LabelledImages } from '@bn/lenet';
import type { DatasetSummary } from '../protocol.js';
import { sample } from './dataset.js';

/** Test images whose predictions are shown. */
const sampleCount = 200;
/** Test images that the look into the layers takes. */
const probeCount = 64;

export class Images {
  readonly sample: LabelledImages;
  readonly probe: LabelledImages;

  constructor(
    private readonly name: string,
    readonly all: Dataset,
  ) {
    this.sample = sample(all.test, sampleCount);
    this.probe = sample(all.test, probeCount);
  }

  get summary(): DatasetSummary {
    const { train, test } = this.all;
    return {
      name: this.name,
      trainCount: train.count,
      testCount: test.count,
      testPixels: test.pixels,
      testLabels: test.labels,
      samplePixels: this.sample.pixels,
      sampleLabels: this.sample.labels,
    };
  }
}
