/**
 * A Vite plugin that keeps the threads of tfjs's wasm backend alive in a bundle. Its threaded build starts each thread with the
 * source text of one of its own functions, by `toString()`. In a bundle this text calls helpers by names that only the bundle
 * has, and a thread ends with a ReferenceError. The plugin puts the text in from tfjs's own file, as it is before bundling.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const callOfText = 'wasmFactoryThreadedSimd.toString()';

export function threadedBuildPlugin() {
  return {
    name: 'lab-threaded-build',
    transform(code, id) {
      if (!id.includes('tfjs-backend-wasm') || !id.includes('dist/backend_wasm.js')) return undefined;
      if (!code.includes(callOfText)) {
        this.error(
          `expected ${callOfText} in ${id}: another version of tfjs starts its threads in another way`,
        );
      }
      const factory = require('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js');
      return { code: code.replace(callOfText, () => JSON.stringify(factory.toString())), map: null };
    },
  };
}
