/** Importing this registers the backend 'float64' and all of its kernels. */
import { registerFloat64Backend } from './backend.js';
import './binary.js';
import './complex.js';
import './convolutions.js';
import './crops.js';
import './fused.js';
import './images.js';
import './indexing.js';
import './normalizations.js';
import './poolings.js';
import './products.js';
import './reductions.js';
import './shapes.js';
import './unary.js';

export { FLOAT64, float64Tensor } from './backend.js';

registerFloat64Backend();
