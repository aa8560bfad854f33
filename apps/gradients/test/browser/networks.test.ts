import '@bn/wasm-train';
import '@bn/webgl';
import { networkSuite } from '../support/networkSuite.js';

networkSuite('webgl');
