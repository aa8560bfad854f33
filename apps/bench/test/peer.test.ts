/** The benchmark's peers answer the tasks of the protocol, one after the other, and are left out where they are missing. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { Peer } from '../src/peer.js';
import { MIN_RUNS, type Task } from '../src/protocol.js';

const built = (name: string) => fileURLToPath(new URL(`../dist/peers/${name}.js`, import.meta.url));
const peers: Peer[] = [];

async function start(name: string): Promise<Peer> {
  const peer = await Peer.start(process.execPath, [built(name)]);
  peers.push(peer!);
  return peer!;
}

afterEach(() => {
  for (const peer of peers.splice(0)) peer.stop();
});

const tasks: readonly Omit<Task, 'budget'>[] = [
  { operation: 'batchNorm', phase: 'training', shape: [4, 32, 3, 3] },
  { operation: 'batchNorm', phase: 'training', shape: [16, 5] },
  { operation: 'batchNorm', phase: 'inference', shape: [4, 32, 3, 3] },
  { operation: 'batchNorm', phase: 'copy', shape: [4, 32, 3, 3] },
  { operation: 'layerNorm', phase: 'training', shape: [6, 7] },
  { operation: 'groupNorm', phase: 'training', shape: [4, 32, 3, 3] },
];

describe.each(['bn', 'tfjs'])('the peer %s', (name) => {
  it('measures every task at least as often as it should', async () => {
    const peer = await start(name);
    for (const task of tasks) {
      const answer = await peer.measure({ ...task, budget: 0 });
      expect(answer, JSON.stringify(task)).toHaveProperty('milliseconds');
      const { milliseconds } = answer as { milliseconds: number[] };
      expect(milliseconds.length).toBeGreaterThanOrEqual(MIN_RUNS);
      expect(Math.min(...milliseconds)).toBeGreaterThan(0);
    }
  });
});

it('measures the layer only where there is one', async () => {
  const task: Task = { operation: 'batchNormLayer', phase: 'training', shape: [16, 5], budget: 0 };
  expect(await (await start('bn')).measure(task)).toHaveProperty('milliseconds');
  expect(await (await start('tfjs')).measure(task)).toHaveProperty('unsupported');
});

it('has onnxruntime-web for inference, and not for training', async () => {
  const peer = await start('onnxruntime');
  for (const operation of ['batchNorm', 'layerNorm'] as const) {
    const shape = operation === 'batchNorm' ? [2, 3, 4, 4] : [5, 6];
    expect(await peer.measure({ operation, phase: 'inference', shape, budget: 0 })).toHaveProperty(
      'milliseconds',
    );
    expect(await peer.measure({ operation, phase: 'training', shape, budget: 0 })).toHaveProperty(
      'unsupported',
    );
  }
});

it('leaves a program out that is not there, or that ends before it is ready', async () => {
  expect(await Peer.start('no-such-program', [])).toBeUndefined();
  expect(await Peer.start(process.execPath, ['-e', 'process.exit(3)'])).toBeUndefined();
});

it('says so when a peer ends in mid-run', async () => {
  const peer = await start('bn');
  peer.stop();
  const answer = await peer.measure({ ...tasks[0]!, budget: 0 });
  expect(answer).toEqual({ unsupported: 'the peer ended' });
});
