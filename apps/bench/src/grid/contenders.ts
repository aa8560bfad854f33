/** Who is measured: an implementation, on a backend, with so many threads. */

import { type BackendName, backendNames, backends } from '@bn/backends';

/** One that the apps offer, or `native` for what is no JavaScript. */
export type Backend = BackendName | 'native';

/** Whether what runs there is asked for, and has to be waited for. */
export const isOnGpu = (backend: Backend): boolean => backend !== 'native' && backends[backend].onGpu;

interface ImplementationFacts {
  readonly label: string;
  readonly backends: readonly Backend[];
  /** The backends on which it can use more than one thread. */
  readonly threaded: readonly Backend[];
}

export const implementations = {
  bn: {
    label: '@bn',
    backends: backendNames,
    threaded: backendNames.filter((name) => backends[name].threaded),
  },
  composed: { label: 'tfjs composed', backends: backendNames, threaded: [] },
  moments: { label: 'tf.moments + tf.batchNorm', backends: ['wasm', 'webgl'], threaded: [] },
  layers: { label: 'tf.layers', backends: ['wasm', 'webgl'], threaded: [] },
  'layers-wasm-train': { label: 'tf.layers + @bn/wasm-train', backends: ['wasm'], threaded: [] },
  onnxruntime: { label: 'onnxruntime-web', backends: ['wasm', 'webgpu'], threaded: ['wasm'] },
  jax: { label: 'jax-js', backends: ['wasm', 'webgpu'], threaded: [] },
  torch: { label: 'PyTorch', backends: ['native'], threaded: ['native'] },
} as const satisfies Record<string, ImplementationFacts>;

export type Implementation = keyof typeof implementations;

/** What `--peers` takes. */
export const peerNames = (Object.keys(implementations) as Implementation[]).filter((name) => name !== 'bn');

export interface Contender {
  /** Tells it from every other: `bn/wasm/2`. */
  readonly id: string;
  readonly implementation: Implementation;
  readonly backend: Backend;
  readonly threads: number;
  /** What it runs on, if that is another Node than the run's: `Node 26.12.1`. */
  readonly runtime?: string;
}

export interface ContenderSelection {
  readonly backends: readonly Backend[];
  readonly threads: readonly number[];
  readonly peers: readonly Implementation[];
  /** Other runtimes on which ours is measured too, with wasm and one thread. */
  readonly runtimes?: readonly string[];
}

/** Ours on each backend, then the peers; those that cannot use threads once for all numbers of them. */
export function selectContenders({
  backends,
  threads,
  peers,
  runtimes = [],
}: ContenderSelection): Contender[] {
  const names: Implementation[] = ['bn', ...peers.filter((peer) => peer !== 'bn')];
  const onRuntimes = backends.includes('wasm')
    ? runtimes.map((runtime) => contender('bn', 'wasm', 1, runtime))
    : [];
  const here = names.flatMap((implementation) => {
    const facts: ImplementationFacts = implementations[implementation];
    // What runs outside of tfjs is compared with our fastest backend in the run's process, whichever were asked for.
    const own = facts.backends.filter((backend) => backend === 'native' || backends.includes(backend));
    return own.flatMap((backend) =>
      (facts.threaded.includes(backend) ? threads : [1]).map((count) =>
        contender(implementation, backend, count),
      ),
    );
  });
  const ours = here.filter(({ implementation }) => implementation === 'bn').length;
  return [...here.slice(0, ours), ...onRuntimes, ...here.slice(ours)];
}

const contender = (
  implementation: Implementation,
  backend: Backend,
  threads: number,
  runtime?: string,
): Contender => ({
  id: [implementation, backend, threads, runtime].filter((part) => part !== undefined).join('/'),
  implementation,
  backend,
  threads,
  ...(runtime === undefined ? {} : { runtime }),
});

/** `@bn, 2 threads, wasm`; the backend is left out if there is no choice. */
export function contenderLabel(contender: Contender): string {
  const label = labelOnBackend(contender);
  return contender.backend === 'native' ? label : `${label}, ${contender.backend}`;
}

/** `@bn, 2 threads`, if it is plain which backend is meant. */
export const labelOnBackend = ({ implementation, threads, runtime }: Contender): string =>
  [
    implementations[implementation].label,
    ...(threads > 1 ? [`${threads} threads`] : []),
    ...(runtime === undefined ? [] : [runtime]),
  ].join(', ');

/**
 * Ours that a peer is compared with: on the same backend with as many threads, or with the fewest. Native code is compared
 * with wasm, else with the first that there is.
 */
export function rivalOf(peer: Contender, contenders: readonly Contender[]): Contender | undefined {
  if (peer.implementation === 'bn') return undefined;
  const ours = contenders.filter(
    ({ implementation, runtime }) => implementation === 'bn' && runtime === undefined,
  );
  const wanted = peer.backend === 'native' ? 'wasm' : peer.backend;
  const sameBackend = ours.filter(({ backend }) => backend === wanted);
  const candidates = sameBackend.length > 0 || peer.backend !== 'native' ? sameBackend : ours;
  return candidates.find(({ threads }) => threads === peer.threads) ?? candidates[0];
}
