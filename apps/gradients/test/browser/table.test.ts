import { commands } from 'vitest/browser';
import { checkedInBrowser } from '../../src/table/backends.js';
import { tableSuite } from '../support/tableSuite.js';

tableSuite(checkedInBrowser, (path, text) => commands.writeFile(path, text));
