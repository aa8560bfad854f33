/** Starts the peer of a contender as a process of this machine. */
import { fileURLToPath } from 'node:url';
import { noTorch, pythons } from '@bn/tooling/python';
import { MissingPeerError, messageOf } from '../errors.js';
import type { Contender } from '../grid/contenders.js';
import type { Peer } from '../measuring/protocol.js';
import { ChildPeer } from './childPeer.js';
import { torchEnvironment } from './torchEnvironment.js';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const peerMain = path('peerMain.js');
const torchPeer = path('../../scripts/torch_peer.py');
const lenetScripts = path('../../../lenet/scripts');

/** To load tfjs, or PyTorch from a cold disk. */
const startMilliseconds = 120_000;

/**
 * @param runtimes programs of the runtimes that are not this process's own
 * @throws MissingPeerError if the machine does not have it; the message says what to do.
 */
export function startPeer(
  contender: Contender,
  runtimes: ReadonlyMap<string, string> = new Map(),
): Promise<Peer> {
  if (contender.implementation === 'torch') return startTorch(contender.threads);
  const { runtime } = contender;
  const program = runtime === undefined ? process.execPath : runtimes.get(runtime);
  if (program === undefined) throw new MissingPeerError(`no program is known for ${runtime}`);
  return ChildPeer.start(
    program,
    ['--expose-gc', '--no-flush-bytecode', peerMain, JSON.stringify(contender)],
    startMilliseconds,
  );
}

/** From $PYTHON, or the first python3 that has it, with an allocator that keeps its pages. */
async function startTorch(threads: number): Promise<Peer> {
  const reasons: string[] = [];
  const { allocator, variables } = await torchEnvironment();
  const parameters = [torchPeer, String(threads), lenetScripts, allocator];
  for (const python of pythons) {
    try {
      return await ChildPeer.start(python, parameters, startMilliseconds, variables);
    } catch (error) {
      reasons.push(`${python}: ${messageOf(error)}`);
    }
  }
  throw new MissingPeerError(`${noTorch}: ${reasons.join('; ')}`);
}
