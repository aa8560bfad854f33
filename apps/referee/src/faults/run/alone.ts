/** In Node, with tfjs alone. */
import '@tensorflow/tfjs-backend-wasm';
import { printAlone } from './outcomes.js';
import { poison } from './poison.js';

await printAlone(['cpu', 'wasm'], poison);
