/** npm run bench -- [options]: installs and builds what is missing, then measures; npm run bench:web is its command web. */
import { startApp } from './startApp.mjs';

startApp('bench', 'bench', process.argv.slice(2));
