import '@tensorflow/tfjs';
import '@bn/webgl';
import { trainingSuite } from '../support/trainingSuite.js';

trainingSuite('webgl');
