/**
 * The test server has tfjs's .wasm files, of the package whose tests run: it lists tfjs-backend-wasm for that. Which of them tfjs
 * loads is left to tfjs.
 */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

setWasmPaths('/node_modules/@tensorflow/tfjs-backend-wasm/dist/');
