/** pnpm bench:quick: installs and builds what is missing, then prints the ratios of apps/bench/src/quick.ts. */
import { join } from 'node:path';
import { install, root, turbo } from './setup.mjs';

install();
if (!turbo(['build', '--filter=@bn/bench'], { quiet: true })) process.exit(1);
await import(join(root, 'apps/bench/dist/quick.js'));
