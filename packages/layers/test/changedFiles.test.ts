import { changedFilesSuite } from './support/changedFiles.js';

changedFilesSuite(400, 7);
