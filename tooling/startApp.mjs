/** Installs and builds what an app lacks, then runs its command line. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { install, turbo } from './setup.mjs';
import { root } from './workspace.mjs';

/**
 * @param {string} name The app's folder.
 * @param {string} script That of the root's package.json which starts it, for the app's help.
 * @param {string[]} parameters Of its command line.
 */
export function startApp(name, script, parameters) {
  const main = join(root, 'apps', name, 'dist/main.js');
  install();
  if (!existsSync(main)) console.log('building ...');
  if (!turbo(['build', `--filter=@bn/${name}`], { quiet: true })) process.exit(1);

  const env = { ...process.env, BN_COMMAND: `npm run ${script} --` };
  const app = spawn(process.execPath, [main, ...parameters], { cwd: root, stdio: 'inherit', env });
  // Ctrl-C reaches the app too, which saves or shows what it has; wait for it.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => app.kill(signal));
  app.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
