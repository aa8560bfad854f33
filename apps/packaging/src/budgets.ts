/** What each package may weigh, in bytes, minified and compressed (gzip -9), as src/sizes.ts measures it. */

export interface Import {
  /** What of the package is imported, in a word or as code. */
  readonly what: string;
  readonly code: string;
  readonly budget: number;
  /** What the project wants, where the budget is only what has been reached. */
  readonly target?: number;
}

const everything = (name: string) => ({ what: 'everything', code: `export * from '${name}';` });
/** Importing the package is all that its users do with it. */
const sideEffects = (name: string) => ({ what: `\`import '${name}'\``, code: `import '${name}';` });
const named = (names: string, from: string) => ({
  what: `\`${names}\``,
  code: `export { ${names} } from '${from}';`,
});

export const budgets: Readonly<Record<string, readonly Import[]>> = {
  '@bn/core': [
    // 0.7 KB of each are what makes tensors follow a swap; layers also hold masks, state dicts as PyTorch writes them and exact zeros.
    // 2 KB are BatchNorm over a group of processes: `reducer` may be anyone's plain object, so that it cannot bring the code along.
    // 1 KB of each are kernels composed of tfjs's ops, for a backend without any.
    { ...named('BatchNorm, useBackend', '@bn/core'), budget: 10_400 },
    { ...named('layerNorm, useBackend', '@bn/core'), budget: 5_300 },
    // Of it 1.7 KB are messages, 2 KB groups of processes and 0.7 KB their running statistics merged. The rest is spread over all that core offers, and has no repetitions that a compressor misses.
    { ...everything('@bn/core'), budget: 14_900, target: 6_000 },
  ],
  // Compiled twice: with and without fused multiply-add.
  '@bn/wasm': [{ ...everything('@bn/wasm'), budget: 11_700 }],
  '@bn/wasm-heap': [{ ...everything('@bn/wasm-heap'), budget: 10_000 }],
  '@bn/webgl': [{ ...everything('@bn/webgl'), budget: 12_000 }],
  '@bn/webgpu': [{ ...everything('@bn/webgpu'), budget: 11_700 }],
  '@bn/cpu-ref': [{ ...everything('@bn/cpu-ref'), budget: 1_600 }],
  // Some thirty kernels and their gradients, compiled twice: with and without fused multiply-add. 2.6 KB are fifty kernels of tfjs made
  // right for int32, bool, NaN and tensors without elements.
  '@bn/wasm-train': [{ ...sideEffects('@bn/wasm-train'), budget: 29_000 }],
  '@bn/layers': [
    {
      ...named(
        'BatchNormalization, GroupNormalization, InstanceNormalization, LayerNormalization, RMSNormalization',
        '@bn/layers',
      ),
      // 0.1 KB are rmsScaling of LayerNormalization.
      budget: 7_100,
    },
    // 4 KB are files of Keras 3, and refusals of what tfjs cannot do with them. 0.8 KB are groups of processes: a model's layers converted,
    // tf.layers' own among them. 2 KB are Normalization, UnitNormalization and SpectralNormalization.
    { ...everything('@bn/layers'), budget: 14_500 },
  ],
  // Of it most is onnx-buf with protobuf, which write ONNX; who reads safetensors gets none of it.
  '@bn/exchange': [
    { ...named('readSafetensors, writeSafetensors', '@bn/exchange'), budget: 3_000 },
    { ...everything('@bn/exchange'), budget: 40_000 },
  ],
  // It runs in Node alone, where nobody waits for bytes.
  '@bn/mpi': [],
  // A test suite: what it weighs is its golden data, and no program ships it.
  '@bn/conformance': [],
};
