/** npm run study -- [options]: installs and builds what is missing, then runs the study. */
import { startApp } from './startApp.mjs';

startApp('study', 'study', process.argv.slice(2));
