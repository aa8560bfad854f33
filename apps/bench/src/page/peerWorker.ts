/** A peer as a worker: the first message says which contender it is, the others are tasks. */
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import ortWebgpuScriptUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import ortWebgpuWasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import ortScriptUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import ortWasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { messageOf } from '../errors.js';
import type { Contender } from '../grid/contenders.js';
import { startWorkbench } from '../implementations/start.js';
import type { Task } from '../measuring/protocol.js';
import { answering } from '../measuring/serve.js';
import type { Message } from './workerPeer.js';

/** This file's scope, which TypeScript takes for a page's. */
const scope = globalThis as unknown as DedicatedWorkerGlobalScope;
interface DedicatedWorkerGlobalScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: Message): void;
}

/** A worker is not told how large its heap of JavaScript is. */
const usedHeap = () => 0;

scope.onmessage = async ({ data }: MessageEvent<Contender>) => {
  try {
    await setPaths(data);
    const workbench = await startWorkbench(data);
    const answer = answering(workbench, usedHeap);
    scope.onmessage = async ({ data }: MessageEvent<Task>) => {
      scope.postMessage({ answer: await answer(data) });
    };
    scope.postMessage({ hello: workbench.hello });
  } catch (error) {
    scope.postMessage({ missing: messageOf(error) });
  }
};

/** The build gives the files names of its own. */
async function setPaths({ implementation, backend }: Contender): Promise<void> {
  const absolute = (url: string) => new URL(url, import.meta.url).href;
  if (implementation === 'onnxruntime' && backend === 'webgpu') {
    const { env } = await import('onnxruntime-web/webgpu');
    env.wasm.wasmPaths = { mjs: absolute(ortWebgpuScriptUrl), wasm: absolute(ortWebgpuWasmUrl) };
  } else if (implementation === 'onnxruntime') {
    const { env } = await import('onnxruntime-web');
    env.wasm.wasmPaths = { mjs: absolute(ortScriptUrl), wasm: absolute(ortWasmUrl) };
  } else if (backend === 'wasm') {
    const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    setWasmPaths({
      'tfjs-backend-wasm.wasm': absolute(wasmUrl),
      'tfjs-backend-wasm-simd.wasm': absolute(simdUrl),
      'tfjs-backend-wasm-threaded-simd.wasm': absolute(threadedUrl),
    });
  }
}
