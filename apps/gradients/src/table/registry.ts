/** Which operations tfjs has a gradient for: read from its own registry, so that none can be missing here. */

interface TfjsGlobals {
  _tfGlobals?: Map<string, Map<string, unknown>>;
}

/** The names of all kernels with a gradient. tfjs has no function for it; its registries hang on the global object. */
export function registeredGradients(): string[] {
  const registry = (globalThis as TfjsGlobals)._tfGlobals?.get('gradRegistry');
  if (registry === undefined) throw new Error('this tfjs does not keep its gradients where tfjs 4.22 does');
  return [...registry.keys()].sort();
}

/** What tf.layers has beside functions that make a layer. */
const others = ['Layer', 'RNN', 'RNNCell', 'input'];

/** Second names: `avgPool1d` and `avgPooling1d` are `averagePooling1d`, `maxPool2d` is `maxPooling2d`. */
const isSecondName = (name: string) => /^avg|^(globalM|m)axPool[123]d$/.test(name);

/** The functions of tf.layers that make a layer. */
export function layerNames(layers: object): string[] {
  return Object.keys(layers)
    .filter((name) => !others.includes(name) && !isSecondName(name))
    .sort();
}
