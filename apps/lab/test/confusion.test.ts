/** The confusion matrix beside a count of single predictions. */
import { classCount, decodeCheckpoint, parseIdx, pixelsPerImage, predict, standardSettings } from '@bn/lenet';
import { startBackend } from '@bn/lenet/node';
import { expect, test } from 'vitest';
import type { TestResult, TrainerEvent } from '../src/protocol.js';
import { Trainer } from '../src/worker/trainer.js';
import { idxSource } from './support.js';

const [trainCount, testCount] = [600, 130];

/** A run of some epochs: all that is reported of it, and its trainer. */
async function trained() {
  await startBackend('wasm');
  const source = await idxSource(trainCount, testCount);
  const events: TrainerEvent[] = [];
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const trainer = new Trainer(startBackend as (name: string) => Promise<void>, (event) => {
    events.push(event);
    if (event.kind === 'finished') finish();
  });
  await trainer.loadDataset(source);
  const settings = { ...standardSettings, batchSize: 10, epochs: 4 };
  await trainer.createRun('run', { norm: 'batch', placement: 'before', ...settings });
  await trainer.train();
  await finished;
  const find = <Kind extends TrainerEvent['kind']>(kind: Kind) =>
    events.filter((event) => event.kind === kind).at(-1) as Extract<TrainerEvent, { kind: Kind }>;
  return { trainer, source, epoch: find('epoch'), checkpoint: find('saved').checkpoint };
}

const bytesOf = async (file: string | Blob, dimensions: number): Promise<Uint8Array> =>
  parseIdx(new Uint8Array(await (file as Blob).arrayBuffer()), dimensions).data;

test('the matrix counts what single predictions of the saved weights are, and its accuracy is the test accuracy', async () => {
  const { trainer, source, epoch, checkpoint } = await trained();
  const pixels = await bytesOf(source.files.testImages, 3);
  const labels = await bytesOf(source.files.testLabels, 1);
  const model = decodeCheckpoint(checkpoint);
  const counts = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  for (let index = 0; index < testCount; index++) {
    const image = pixels.subarray(index * pixelsPerImage, (index + 1) * pixelsPerImage);
    const [predictions] = await predict(model, image);
    counts[labels[index]!]![predictions![0]!.label]!++;
  }
  model.dispose();
  expect(new Set(epoch.tested.predicted).size).toBeGreaterThan(3);
  for (const result of [epoch.tested, await trainer.evaluate()] satisfies TestResult[]) {
    expect(result.confusion).toEqual(counts);
    const right = counts.reduce((sum, row, label) => sum + row[label]!, 0);
    expect(result.accuracy).toBe(right / testCount);
    expect(result.accuracy).toBe(epoch.metrics.testAccuracy);
  }
});

test('an evaluation does not mix the weights of several steps: it ends if the run trains', async () => {
  const { trainer } = await trained();
  await trainer.loadDataset(await idxSource(trainCount, 1000));
  await trainer.createRun('other', {
    norm: 'batch',
    placement: 'before',
    ...standardSettings,
    batchSize: 50,
  });
  const evaluation = trainer.evaluate();
  const interrupted = expect(evaluation).rejects.toMatchObject({ code: 'LENET_INTERRUPTION' });
  await trainer.train();
  await interrupted;
  await expect(trainer.evaluate()).rejects.toMatchObject({ code: 'LENET_INTERRUPTION' });
  await trainer.pause();
  expect((await trainer.evaluate()).predicted).toHaveLength(1000);
});
