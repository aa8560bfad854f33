/** What is wrong, in the language of the page. */

import { DatasetError, type Fault, fault, parseCheckpoint, type Reason, reasonOf, textOf } from '@bn/lenet';
import { startBackend } from '@bn/lenet/node';
import { expect, test } from 'vitest';
import { en } from '../src/messages/en.js';
import { zh } from '../src/messages/zh.js';
import { Trainer } from '../src/worker/trainer.js';
import { idxSource } from './support.js';

const thrownBy = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
};

test('a fault within a fault is told in the same language, what nobody has translated as it is', () => {
  const inner = fault('labelCount', 20, 'images.gz', 19);
  expect(textOf(fault('inFile', 'labels.gz', inner))).toBe(
    'labels.gz: expected 20 labels, one for each image of images.gz, got 19',
  );
  expect(textOf(fault('inFile', 'labels.gz', inner), zh.faults)).toBe(
    'labels.gz：应有 20 个标签，与 images.gz 中的图像一一对应，实际有 19 个',
  );
  expect(textOf(fault('inFile', 'labels.gz', 'disk on fire'), zh.faults)).toBe('labels.gz：disk on fire');
  expect(textOf('disk on fire', zh.faults)).toBe('disk on fire');
});

test('an error has its fault and the English text of it, over the way from the worker to the page', () => {
  const error = thrownBy(() => parseCheckpoint(new Uint8Array(3))) as Error;
  const reason = structuredClone(reasonOf(error));
  expect(textOf(reason, en.faults)).toBe(error.message);
  expect(textOf(reason, zh.faults)).toContain('这不是完整的 safetensors 文件：应有 8 字节表示文件头长度');
});

test('an error that has no fault is told by its message', () => {
  expect(reasonOf(new DatasetError('disk on fire'))).toBe('disk on fire');
  expect(reasonOf(new TypeError('no such thing'))).toBe('no such thing');
  expect(reasonOf('thrown text')).toBe('thrown text');
});

test.each([
  [fault('otherNetwork', 'batch', [{ name: 'w', got: 'F32 [1]' }]), 'w：多余，实际为 F32 [1]'],
  [fault('otherNetwork', 'batch', [{ name: 'w', wanted: 'F32 [1]' }]), 'w：应为 F32 [1]，但缺失'],
  [
    fault('otherNetwork', 'batch', [{ name: 'w', wanted: 'F32 [1]', got: 'F32 [2]' }]),
    'w：应为 F32 [1]，实际为 F32 [2]',
  ],
  [fault('dataLength', 8, 4), '（被截断）'],
  [fault('diverged', 512, 2, 0.9), '学习率 0.9 使训练发散'],
] satisfies [Fault, string][])('%o is told in Chinese', (given, text) => {
  expect(textOf(given, zh.faults)).toContain(text);
});

test('the worker refuses a run with a batch of one image, and says of one that diverges why', async () => {
  await startBackend('wasm');
  let say: (reason: Reason) => void;
  const reason = new Promise<Reason>((resolve) => {
    say = resolve;
  });
  const trainer = new Trainer(startBackend as (name: string) => Promise<void>, (event) => {
    if (event.kind === 'diverged') say(event.reason);
  });
  await trainer.loadDataset(await idxSource(48, 8));
  const settings = { placement: 'before', learningRate: 1e38, batchSize: 8, epochs: 2, seed: 3 } as const;
  await expect(
    trainer.createRun('lone', { ...settings, norm: 'batch', batchSize: 47 }),
  ).rejects.toMatchObject({
    fault: { kind: 'loneImage', values: [47, 48] },
  });
  await trainer.createRun('run', { ...settings, norm: 'none' });
  await trainer.train();
  expect(await reason).toMatchObject({ kind: 'diverged' });
});
