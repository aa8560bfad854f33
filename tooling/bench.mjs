/** npm run bench -- [options]: installs and builds what is missing, then measures; npm run bench:web is its command web. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { install, root, turbo } from './setup.mjs';

install();
if (!turbo(['build', '--filter=@bn/bench'], { quiet: true })) process.exit(1);

const bench = spawn(process.execPath, [join(root, 'apps/bench/dist/main.js'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
// Ctrl-C reaches the benchmark too, which writes and shows what it has; wait for it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => bench.kill(signal));
bench.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});
