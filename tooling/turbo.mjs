/** npm run build, npm run typecheck: installs what is missing, then runs the turbo tasks named on the command line. */
import { install, turbo } from './setup.mjs';

install();
process.exitCode = turbo(process.argv.slice(2)) ? 0 : 1;
