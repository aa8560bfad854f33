import { checkedInNode } from '../src/table/backends.js';
import { writeFile } from './support/files.js';
import { tableSuite } from './support/tableSuite.js';

tableSuite(checkedInNode, writeFile);
