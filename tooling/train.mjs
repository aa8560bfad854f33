/** npm run train -- [options]: installs and builds what is missing, then trains. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { install, root, turbo } from './setup.mjs';

const main = join(root, 'apps/lenet/dist/main.js');

install();
if (!existsSync(main)) console.log('building ...');
if (!turbo(['build', '--filter=@bn/lenet'], { quiet: true })) process.exit(1);

const trainer = spawn(process.execPath, [main, 'train', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
// Ctrl-C reaches the trainer too, which saves what it has; wait for it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => trainer.kill(signal));
trainer.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});
