/** npm run lab -- [options]: installs and builds what is missing, then serves the page of the LeNet lab. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { install, turbo } from './setup.mjs';
import { root } from './workspace.mjs';

const lab = join(root, 'apps/lab');

install();
if (!existsSync(join(lab, 'dist/index.html'))) console.log('building ...');
if (!turbo(['build', '--filter=@bn/lab'], { quiet: true })) process.exit(1);
await import(join(lab, 'tools/main.mjs'));
