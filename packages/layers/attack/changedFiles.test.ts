/** As test/changedFiles.test.ts, and more of them. */
import { changedFilesSuite } from '../test/support/changedFiles.js';

changedFilesSuite(4000, 19);
