/** npm run referee: installs and builds what is missing, then puts the golden data to all contenders; writes docs/referee.md. */
import { startApp } from './startApp.mjs';

startApp('referee', 'referee', process.argv.slice(2));
