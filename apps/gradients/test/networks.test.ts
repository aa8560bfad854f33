import '@bn/cpu-ref';
import '@bn/wasm';
import '@bn/wasm-train';
import { networkSuite } from './support/networkSuite.js';

networkSuite('wasm');
networkSuite('cpu');
