/**
 * pnpm bench:quick: how many times faster than what people would use instead. Each task goes to the peers in turn, A B C
 * A B C, one thread each; the figures are medians over all rounds, the ratios those of the medians.
 */
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Peer } from './peer.js';
import type { Operation, Phase, Task } from './protocol.js';

const ROUNDS = 5;
/** Milliseconds that a peer measures in one round. */
const BUDGET = 150;

const tasks: readonly (readonly [Operation, Phase, readonly number[]])[] = [
  ['batchNorm', 'training', [256, 6, 24, 24]],
  ['batchNorm', 'training', [256, 16, 8, 8]],
  ['batchNorm', 'training', [4, 64, 224, 224]],
  ['batchNorm', 'training', [32, 64, 56, 56]],
  ['batchNorm', 'training', [32, 256, 14, 14]],
  ['batchNorm', 'training', [32, 512, 7, 7]],
  ['batchNorm', 'training', [256, 120]],
  ['batchNorm', 'training', [4096, 1024]],
  ['batchNormLayer', 'training', [256, 120]],
  ['batchNormLayer', 'training', [256, 6, 24, 24]],
  ['batchNorm', 'inference', [32, 64, 56, 56]],
  ['batchNorm', 'copy', [32, 64, 56, 56]],
  ['layerNorm', 'training', [4096, 768]],
  ['layerNorm', 'inference', [4096, 768]],
  ['groupNorm', 'training', [32, 64, 56, 56]],
];

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

const script = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The peers that this machine has, by name; PyTorch from $PYTHON, or from a python3 that has it. */
async function startPeers(): Promise<Map<string, Peer>> {
  const peers = new Map<string, Peer>();
  const add = (name: string, peer: Peer | undefined) => peer && peers.set(name, peer);
  add('@bn/wasm', await Peer.start(process.execPath, [script('peers/bn.js')]));
  add('onnxruntime-web', await Peer.start(process.execPath, [script('peers/onnxruntime.js')]));
  add('tfjs wasm', await Peer.start(process.execPath, [script('peers/tfjs.js')]));
  for (const python of [process.env.PYTHON, 'python3', '/usr/bin/python3']) {
    if (!python || peers.has('PyTorch')) continue;
    add('PyTorch', await Peer.start(python, [script('../scripts/torch_peer.py')]));
  }
  return peers;
}

/** Median milliseconds of one task by peer; a peer that can't do it is left out. */
async function measure(peers: Map<string, Peer>, task: Task): Promise<Map<string, number>> {
  const runs = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, peer] of peers) {
      const answer = await peer.measure(task);
      if ('milliseconds' in answer) runs.set(name, [...(runs.get(name) ?? []), ...answer.milliseconds]);
    }
  }
  return new Map([...runs].map(([name, milliseconds]) => [name, median(milliseconds)]));
}

function row(label: string, medians: Map<string, number>, names: readonly string[]): string {
  const ours = medians.get('@bn/wasm');
  const cells = names.map((name) => {
    const milliseconds = medians.get(name);
    if (milliseconds === undefined) return '-'.padStart(19);
    const ratio = name === '@bn/wasm' || ours === undefined ? '' : ` (${(milliseconds / ours).toFixed(1)}x)`;
    return `${milliseconds.toFixed(milliseconds < 1 ? 3 : 1)}${ratio}`.padStart(19);
  });
  return label.padEnd(34) + cells.join('');
}

const peers = await startPeers();
const names = [...peers.keys()];
console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.versions.node}, one thread each`);
console.log(`median milliseconds of ${ROUNDS} rounds in turn; (how many times @bn/wasm's time)`);
if (!peers.has('PyTorch'))
  console.log('PyTorch is left out: no python3 here has it (set PYTHON to one that does)');
console.log(`\n${'task'.padEnd(34)}${names.map((name) => name.padStart(19)).join('')}`);
for (const [operation, phase, shape] of tasks) {
  const task = { operation, phase, shape, budget: BUDGET };
  const label = phase === 'copy' ? `copy ${shape.join('x')}` : `${operation} ${phase} ${shape.join('x')}`;
  console.log(row(label, await measure(peers, task), names));
}
for (const peer of peers.values()) peer.stop();
