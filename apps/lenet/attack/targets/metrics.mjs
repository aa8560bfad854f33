import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must, takes } from '@bn/tooling/promised';
import { CheckpointError } from '../../dist/errors.js';
import { formatMetrics, metricsName, peekHistory } from '../../dist/run/metrics.js';

const epoch = (number) => ({
  ...{ epoch: number, trainLoss: 0.5, trainAccuracy: 0.75, testLoss: 0.5, testAccuracy: 0.5 },
  ...{ seconds: 1.5, examplesPerSecond: 200 },
});

export const isJson = true;
export const corpus = [new TextEncoder().encode(formatMetrics([epoch(1), epoch(2), epoch(3)]))];

const folder = mkdtempSync(join(tmpdir(), 'bn-metrics-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

export const accept = (bytes) =>
  takes(async () => {
    writeFileSync(join(folder, metricsName), bytes);
    (await peekHistory(folder)).forEach((metrics, index) => {
      must(metrics.epoch === index + 1, 'its epochs do not follow each other');
      must(metrics.testAccuracy >= 0 && metrics.testAccuracy <= 1, 'its accuracy is none');
    });
  }, CheckpointError);
