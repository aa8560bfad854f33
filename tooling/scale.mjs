/** npm run scale -- [part]: installs and builds what is missing, then measures what docs/scale.md is made of. */
import { startApp } from './startApp.mjs';

startApp('scale', 'scale', process.argv.slice(2));
