import { must, takes } from '@bn/tooling/promised';
import { CheckpointError } from '../../dist/errors.js';
import { parseConfiguration } from '../../dist/run/configuration.js';

const configuration = {
  ...{ norm: 'batch', placement: 'before', learningRate: 0.9, batchSize: 256, epochs: 10, seed: 0 },
  ...{ backend: 'wasm', checkpointEvery: 100 },
  dataset: { name: 'mini', path: '/data', sha256: '00', trainImages: 6000, testImages: 1000 },
  startedAt: '2026-01-31T00:00:00.000Z',
  versions: { lenet: '0.1.0', tfjs: '4.22.0', node: '20.19.0' },
};

export const isJson = true;
export const corpus = [new TextEncoder().encode(JSON.stringify(configuration, undefined, 2))];

export const accept = (bytes) =>
  takes(() => {
    const { batchSize, epochs, learningRate } = parseConfiguration(new TextDecoder().decode(bytes));
    must(
      [batchSize, epochs].every((count) => Number.isInteger(count) && count > 0),
      'its counts are none',
    );
    must(learningRate > 0 && Number.isFinite(learningRate), 'its learning rate is none');
  }, CheckpointError);
