/** What differs between Node and browsers. Node's modules are asked for at run time, so that no bundler looks for them. */

/** Undefined outside Node. */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  if (typeof process !== 'object') return undefined;
  return process.getBuiltinModule?.(name) as NodeModules[Name] | undefined;
}

interface NodeModules {
  'node:module': typeof import('node:module');
  'node:os': typeof import('node:os');
  'node:path': typeof import('node:path');
  'node:worker_threads': typeof import('node:worker_threads');
}

/** Processors that this program may use. */
export function processorCount(): number {
  return nodeModule('node:os')?.availableParallelism() ?? globalThis.navigator.hardwareConcurrency;
}
