/** The kernels on threads, in the variant that this engine has. */
import { threadsSuite } from './support/threadsSuite.js';

threadsSuite();
