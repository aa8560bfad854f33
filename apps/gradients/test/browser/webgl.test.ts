import { commands } from 'vitest/browser';
import { tableSuite } from '../support/tableSuite.js';

tableSuite(['webgl'], (path, text) => commands.writeFile(path, text));
