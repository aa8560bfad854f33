/** npm run train -- [command] [options]: installs and builds what is missing, then trains, or does what the command says. */
import { startApp } from './startApp.mjs';

startApp('lenet', 'train', process.argv.slice(2));
