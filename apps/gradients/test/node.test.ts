import { writeFile } from './support/files.js';
import { tableSuite } from './support/tableSuite.js';

tableSuite(['wasm', 'cpu'], writeFile);
