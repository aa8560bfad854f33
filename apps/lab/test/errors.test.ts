/** What is wrong, in the language of the page. */
import {
  checkLabelCount,
  createLeNet,
  decodeSnapshot,
  encodeCheckpoint,
  importState,
  LeNet,
  OptionError,
  parseCheckpoint,
  type Reason,
  randomStreams,
  reasonOf,
  standardSettings,
} from '@bn/lenet';
import { startBackend } from '@bn/lenet/node';
import { expect, test } from 'vitest';
import { LabError } from '../src/errors.js';
import { en } from '../src/messages/en.js';
import { textOf } from '../src/messages/reasons.js';
import { zh } from '../src/messages/zh.js';
import { Trainer } from '../src/worker/trainer.js';
import { idxSource } from './support.js';

/** Why an action fails, as the page gets it from the worker. */
function reasonFor(action: () => unknown): Reason {
  try {
    action();
  } catch (error) {
    return structuredClone(reasonOf(error));
  }
  throw new Error('nothing was thrown');
}

test('an error within an error is told in the same language, what nobody has translated as it is', () => {
  const inFile = (inner: Reason) =>
    reasonOf(new LabError('LAB_FILE', { file: 'labels.gz', reason: inner }, `labels.gz: ${inner.message}`));
  const count = reasonFor(() => checkLabelCount(19, 20, 'images.gz'));
  expect(textOf(inFile(count), en)).toBe(
    'labels.gz: expected 20 labels, one for each image of images.gz, got 19',
  );
  expect(textOf(inFile(count), zh)).toBe(
    'labels.gz：应有 20 个标签，与 images.gz 中的图像一一对应，实际有 19 个',
  );
  const fire = reasonOf(new Error('disk on fire'));
  expect(textOf(inFile(fire), zh)).toBe('labels.gz：disk on fire');
  expect(textOf(fire, zh)).toBe('disk on fire');
});

test('an error has its English text and its details over the way from the worker to the page', () => {
  const reason = reasonFor(() => parseCheckpoint(new Uint8Array(3)));
  expect(reason.code).toBe('LENET_NOT_SAFETENSORS');
  expect(textOf(reason, en)).toBe(
    'this is not a valid safetensors file: expected 8 bytes of header length, got a file of 3 (truncated?)',
  );
  expect(textOf(reason, zh)).toContain('这不是有效的 safetensors 文件：应有 8 字节表示文件头长度');
});

test('an error that has no details is told by its message', () => {
  expect(reasonOf(new OptionError('disk on fire'))).toEqual({
    message: 'disk on fire',
    code: 'LENET_OPTION',
  });
  expect(reasonOf(new TypeError('no such thing'))).toEqual({ message: 'no such thing' });
  expect(reasonOf('thrown text')).toEqual({ message: 'thrown text' });
  expect(textOf(reasonOf(new OptionError('disk on fire')), zh)).toBe('disk on fire');
});

test('the differences of another network are told in Chinese', async () => {
  await startBackend('cpu');
  const reason = reasonFor(() =>
    importState(new LeNet({ norm: 'none' }), {
      w: { dtype: 'F32', shape: [1], data: new Float32Array(1) },
      'conv1.bias': { dtype: 'F32', shape: [2], data: new Float32Array(2) },
    }),
  );
  const text = textOf(reason, zh);
  expect(text).toContain('w：多余，实际为 F32 [1]');
  expect(text).toContain('conv1.weight：应为 F32 [6, 1, 5, 5]，但缺失');
  expect(text).toContain('conv1.bias：应为 F32 [6]，实际为 F32 [2]');
});

test('what is wrong with a training state is told in Chinese, entry by entry', async () => {
  await startBackend('cpu');
  const model = createLeNet({ norm: 'none' }, randomStreams(0).initialization);
  const training = JSON.stringify({
    settings: { epochs: 2, batchSize: 2.5, learningRate: -1, seed: 0, trainCount: 48 },
    position: { epoch: 1, seen: 0, lossSum: 0, correctSum: 0, seconds: -1, shuffling: [1, 2, 3, 4] },
    history: [],
    more: true,
  });
  const bytes = await encodeCheckpoint(model, { training });
  const text = textOf(
    reasonFor(() => decodeSnapshot(bytes)),
    zh,
  );
  expect(text).toContain("此检查点的元数据 'training' 不是本训练器写出的，无法继续训练：");
  expect(text).toContain('settings.batchSize：应为 1 到 60000 之间的整数，实际为 2.5');
  expect(text).toContain('settings.learningRate：应为 正数，实际为 -1');
  expect(text).toContain('position.seconds：应为 不小于 0 的数，实际为 -1');
  expect(text).toContain('more：多余，实际为 true');
});

test('a truncated file is said to be truncated', () => {
  const reason: Reason = {
    message: 'expected 8 bytes of data, got 4 (truncated)',
    code: 'BN_SAFETENSORS_LENGTH',
    details: { wanted: 8, got: 4 },
  };
  expect(textOf(reason, zh)).toBe('数据应有 8 字节，实际为 4（被截断）');
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
  const settings = { ...standardSettings, placement: 'before', learningRate: 1e38, batchSize: 8 } as const;
  await expect(
    trainer.createRun('lone', { ...settings, norm: 'batch', batchSize: 47 }),
  ).rejects.toMatchObject({ code: 'LENET_LONE_IMAGE', details: { batchSize: 47, count: 48 } });
  await trainer.createRun('run', { ...settings, norm: 'none' });
  await trainer.train();
  const told = await reason;
  expect(told).toMatchObject({ code: 'LENET_DIVERGED' });
  expect(textOf(told, zh)).toContain('学习率 1e+38 使训练发散');
});
