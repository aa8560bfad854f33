/** The backends that the apps offer: the one list of them. Apart from what loads them: a page leaves that to its worker. */

interface Facts {
  /** Whether it runs in Node. All run in browsers. */
  readonly inNode: boolean;
  /** Whether it can use more threads than one. */
  readonly threaded: boolean;
  /** Whether it computes on a graphics processor, which not every machine has. */
  readonly onGpu: boolean;
}

/** The fastest first that every machine has. */
export const backends = {
  wasm: { inNode: true, threaded: true, onGpu: false },
  webgl: { inNode: false, threaded: false, onGpu: true },
  webgpu: { inNode: true, threaded: false, onGpu: true },
  cpu: { inNode: true, threaded: false, onGpu: false },
} as const satisfies Record<string, Facts>;

export type BackendName = keyof typeof backends;
export type NodeBackendName = {
  [Name in BackendName]: (typeof backends)[Name]['inNode'] extends true ? Name : never;
}[BackendName];

export const backendNames = Object.keys(backends) as BackendName[];
export const nodeBackendNames = backendNames.filter((name): name is NodeBackendName => backends[name].inNode);
