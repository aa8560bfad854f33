import { writeSafetensors } from '@bn/exchange';
import { must, takes } from '@bn/tooling/promised';
import { CheckpointError } from '../../dist/errors.js';
import { decodeState } from '../../dist/training/snapshot.js';

const settings = { learningRate: 0.9, batchSize: 50, epochs: 4, seed: 1, trainCount: 300 };
const epoch = (number) => ({
  epoch: number,
  trainLoss: 0.5,
  trainAccuracy: 0.75,
  testLoss: number === 1 ? null : 0.5,
  testAccuracy: 0.5,
  seconds: 1.5,
  examplesPerSecond: 200,
});
const position = { epoch: 3, seen: 100, lossSum: 40, correctSum: 80, seconds: 0.5, shuffling: [1, -2, 3, 4] };
const text = (value) => new TextEncoder().encode(JSON.stringify(value));

export const isJson = true;
export const corpus = [
  text({ settings, position, history: [epoch(1), epoch(2)] }),
  text({ settings, position: { ...position, epoch: 1, seen: 0, lossSum: 0, correctSum: 0 }, history: [] }),
];

export const accept = (bytes) =>
  takes(() => {
    const training = new TextDecoder().decode(bytes);
    const { settings, position, history } = decodeState(
      writeSafetensors({ arrays: {}, metadata: { training } }),
    );
    const { epoch, seen, lossSum, correctSum } = position;
    must(history.length === epoch - 1, 'its history is not that of its epoch');
    must(seen % settings.batchSize === 0 && seen <= settings.trainCount, 'it stands between two batches');
    must(correctSum <= seen, 'more images are right than were seen');
    must(Number.isFinite(lossSum) && Number.isFinite(settings.learningRate), 'it has numbers that are none');
    must(settings.batchSize >= 1 && Number.isInteger(settings.batchSize), 'there is no such batch');
  }, CheckpointError);
