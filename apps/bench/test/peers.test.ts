/** The peers of Node: processes that measure one task after the other, and what becomes of those that end. */
import { fileURLToPath } from 'node:url';
import { pythons } from '@bn/tooling/python';
import { afterEach, describe, expect, it } from 'vitest';
// Peers are programs: what is built is what runs.
import { startPeer } from '../dist/node/startPeer.js';
import { MissingPeerError } from '../src/errors.js';
import type { Case } from '../src/grid/cases.js';
import { type Contender, selectContenders } from '../src/grid/contenders.js';
import { dataFormats } from '../src/grid/shapes.js';
import type { Answer, Peer } from '../src/measuring/protocol.js';
import { ChildPeer } from '../src/node/childPeer.js';
import { torchEnvironment } from '../src/node/torchEnvironment.js';

const timeout = 60_000;
const peers: Peer[] = [];

async function started(starting: Promise<Peer>): Promise<Peer> {
  const peer = await starting;
  peers.push(peer);
  return peer;
}

afterEach(() => {
  for (const peer of peers.splice(0)) peer.stop();
});

const contenders = selectContenders({
  backends: ['cpu', 'wasm'],
  threads: [1, 2],
  peers: ['composed', 'moments', 'layers', 'layers-wasm-train', 'onnxruntime', 'jax', 'torch'],
});
const contender = (id: string): Contender => contenders.find((one) => one.id === id)!;

const images: Case['shape'] = [4, 32, 3, 3];
const ofImages = ['batchNorm', 'batchNormLayer', 'groupNorm', 'instanceNorm'] as const;
const training: Case[] = [
  ...ofImages.flatMap((operation) =>
    dataFormats.map(
      (dataFormat): Case => ({ operation, phase: 'forwardBackward', shape: images, dataFormat }),
    ),
  ),
  { operation: 'batchNorm', phase: 'forwardBackward', shape: [16, 5] },
  { operation: 'layerNorm', phase: 'forwardBackward', shape: [6, 7] },
  { operation: 'rmsNorm', phase: 'forwardBackward', shape: [6, 7] },
];
const inference: Case[] = training.map((task) => ({ ...task, phase: 'inference' }));
const forward: Case[] = [
  { operation: 'batchNorm', phase: 'forward', shape: images, dataFormat: 'channelsFirst' },
];
const copy: Case = { operation: 'copy', phase: 'copy', shape: images };
const lenet: Case = { operation: 'lenet-batch', phase: 'step', shape: [4, 1, 28, 28] };
const all = [...training, ...inference, ...forward];

/** What each does; the other cases it says no to. */
const abilities: [string, Case[]][] = [
  ['bn/cpu/1', [...all, copy]],
  ['bn/wasm/1', [...all, copy, lenet]],
  ['bn/wasm/2', [...all, copy, lenet]],
  ['composed/wasm/1', [...all.filter(({ operation }) => operation !== 'batchNormLayer'), copy]],
  [
    'moments/wasm/1',
    [
      ...all.filter(
        ({ operation, dataFormat }) => operation === 'batchNorm' && dataFormat !== 'channelsFirst',
      ),
      copy,
    ],
  ],
  [
    'layers/wasm/1',
    [
      ...all.filter(
        ({ operation, dataFormat }) =>
          ['batchNormLayer', 'layerNorm'].includes(operation) && dataFormat !== 'channelsFirst',
      ),
      copy,
    ],
  ],
  ['layers-wasm-train/wasm/1', [copy, lenet]],
  ['jax/wasm/1', all.filter(({ operation }) => operation !== 'batchNormLayer')],
  [
    'onnxruntime/wasm/1',
    inference.filter(
      ({ operation, dataFormat }) =>
        ['batchNorm', 'layerNorm', 'instanceNorm'].includes(operation) && dataFormat !== 'channelsLast',
    ),
  ],
];

async function kindsOf(peer: Peer, tasks: readonly Case[]): Promise<Answer['kind'][]> {
  const kinds: Answer['kind'][] = [];
  for (const task of tasks) kinds.push((await peer.measure({ ...task, budget: 0 }, timeout)).kind);
  return kinds;
}

it.each(abilities)('%s measures what it does, and says no to the rest', async (id, able) => {
  const peer = await started(startPeer(contender(id)));
  const unable = [...all, lenet].filter((task) => !able.includes(task));
  // On cpu LeNet takes too long for a test; tf.layers on wasm fails at it, as the next test says.
  const refused = unable.filter((task) => !(['bn/cpu/1', 'layers/wasm/1'].includes(id) && task === lenet));
  expect(await kindsOf(peer, able)).toEqual(able.map(() => 'measured'));
  expect(await kindsOf(peer, refused)).toEqual(refused.map(() => 'unsupported'));
});

it('reports that tfjs alone cannot train a convolution on wasm', async () => {
  const peer = await started(startPeer(contender('layers/wasm/1')));
  expect(await peer.measure({ ...lenet, budget: 0 }, timeout)).toMatchObject({
    kind: 'failed',
    reason: expect.stringContaining('Conv2DBackpropFilter'),
  });
});

it('measures memory that does not grow from one task to the next', async () => {
  const peer = await started(startPeer(contender('bn/wasm/1')));
  const first = await peer.measure({ ...lenet, budget: 5 }, timeout);
  const again = await peer.measure({ ...lenet, budget: 5 }, timeout);
  if (first.kind !== 'measured' || again.kind !== 'measured') throw new Error('not measured');
  expect(first.memory!.tensors).toBeGreaterThan(0);
  expect(again.memory!.tensors).toBe(first.memory!.tensors);
  expect(again.memory!.bytes).toBe(first.memory!.bytes);
});

it('measures with PyTorch, or says where it has looked for it', async () => {
  const starting = started(startPeer(contender('torch/native/1')));
  const outcome = await starting.then(
    async (peer) => ({
      hello: peer.hello,
      kinds: await kindsOf(peer, [
        ...all.filter(({ operation }) => operation !== 'rmsNorm'),
        ...[lenet, { ...lenet, shape: [16, 1, 28, 28] }],
      ]),
    }),
    (error: Error) => error,
  );
  if (outcome instanceof Error) expect(outcome.message).toMatch(/no Python here has PyTorch.*python3: /s);
  else {
    expect(new Set(outcome.kinds)).toEqual(new Set(['measured']));
    expect(outcome.hello.about).toMatch(/^1 thread, (jemalloc that keeps its pages|malloc of the system)/);
  }
});

it('says so if the allocator under PyTorch gives its pages back', async () => {
  const { variables } = await torchEnvironment();
  const program = fileURLToPath(new URL('../scripts/torch_peer.py', import.meta.url));
  const task: Case = { operation: 'batchNorm', phase: 'forwardBackward', shape: [512, 8192] };
  const noteWith = async (environment: Record<string, string>) => {
    const starting = pythons.map((python) =>
      started(ChildPeer.start(python, [program, '1', '', 'malloc'], timeout, environment)),
    );
    const peer = await Promise.any(starting).catch(() => undefined);
    const answer = await peer?.measure({ ...task, budget: 5 }, timeout);
    return answer?.kind === 'measured' ? (answer.note ?? 'none') : undefined;
  };
  const gaveBack = await noteWith({ LD_PRELOAD: '', MALLOC_MMAP_THRESHOLD_: '65536' });
  // Only a machine with PyTorch can show it.
  if (gaveBack === undefined) return;
  expect(gaveBack).toContain('gives its pages back');
  expect(await noteWith(variables)).toBe('none');
});

describe('a program', () => {
  const hello = 'console.log(JSON.stringify({ versions: {} }));';
  const script = (text: string) => started(ChildPeer.start(process.execPath, ['-e', text], timeout));
  const task = { ...copy, budget: 0 };

  it('that is not there is a missing peer', async () => {
    await expect(ChildPeer.start('no-such-program', [], timeout)).rejects.toThrow(MissingPeerError);
    await expect(ChildPeer.start('no-such-program', [], timeout)).rejects.toThrow(/no-such-program/);
  });

  it('that ends before it is ready is a missing peer, with its last words', async () => {
    await expect(script("console.error('no torch'); process.exit(3)")).rejects.toThrow(
      /exit code 3: no torch/,
    );
  });

  it('that cannot start its backend is a missing peer, with its reason', async () => {
    await expect(script("console.log(JSON.stringify({ missing: 'no backend' }))")).rejects.toThrow(
      'no backend',
    );
  });

  it('that ends in mid-run gives a failure with its last words', async () => {
    const peer = await script(
      `${hello} process.stdin.once('data', () => { console.error('boom'); process.exit(5); })`,
    );
    expect(await peer.measure(task, timeout)).toEqual({
      kind: 'failed',
      reason: 'the peer did not answer: exit code 5: boom',
    });
    expect(peer.alive).toBe(false);
  });

  it('that hangs is ended when its time is up', async () => {
    const peer = await script(`${hello} process.stdin.resume()`);
    expect(await peer.measure(task, 50)).toEqual({ kind: 'late' });
    expect(peer.alive).toBe(false);
  });

  it('that prints other things is understood all the same', async () => {
    const peer = await script(
      `console.log('warming up'); ${hello} process.stdin.once('data', () => console.log('{"kind":"late"}'))`,
    );
    expect(await peer.measure(task, timeout)).toEqual({ kind: 'late' });
  });
});
