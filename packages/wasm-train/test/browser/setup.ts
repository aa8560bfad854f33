/** The test server has tfjs's .wasm files; which of them tfjs loads is left to tfjs. */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

setWasmPaths('/node_modules/@tensorflow/tfjs-backend-wasm/dist/');
