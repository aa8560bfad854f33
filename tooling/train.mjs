/** npm run train -- [options]: installs and builds what is missing, then trains. */
import { startApp } from './startApp.mjs';

startApp('lenet', ['train', ...process.argv.slice(2)]);
