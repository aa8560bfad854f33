/** npm run study -- [options]: installs and builds what is missing, then runs the study. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { install, root, turbo } from './setup.mjs';

const main = join(root, 'apps/study/dist/main.js');

install();
if (!existsSync(main)) console.log('building ...');
if (!turbo(['build', '--filter=@bn/study'], { quiet: true })) process.exit(1);

const study = spawn(process.execPath, [main, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
// Ctrl-C reaches the study too, which saves what it has; wait for it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => study.kill(signal));
study.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});
