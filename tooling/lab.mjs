/** npm run lab -- [options]: installs and builds what is missing, then serves the page of the LeNet lab. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { install, root, turbo } from './setup.mjs';

const lab = join(root, 'apps/lenet');

install();
if (!existsSync(join(lab, 'dist/lab/index.html'))) console.log('building ...');
if (!turbo(['build', '--filter=@bn/lenet'], { quiet: true })) process.exit(1);
await import(join(lab, 'lab/tools/main.mjs'));
