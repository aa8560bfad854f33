/**
 * What a fresh machine needs before anything can run: pnpm at the pinned version (through npx) and the packages. Uses
 * nothing but Node itself, since nothing is installed yet.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listPackages, root, workspaceFolders } from './workspace.mjs';

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** Holds the hash of what was last installed, so that the second run does not install again. */
const marker = join(root, 'node_modules/.installed');

/** Runs the pinned pnpm. Returns what spawnSync returns; with `quiet` the output is kept instead of shown. */
export function pnpm(args, { quiet = false } = {}) {
  // Windows finds npx only as npx.cmd, which needs a shell; every argument here is a plain word of ours.
  const windows = process.platform === 'win32';
  return spawnSync('npx', ['--yes', packageManager, ...args], {
    cwd: root,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    encoding: 'utf8',
    shell: windows,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', npm_config_update_notifier: 'false' },
  });
}

/** Runs turbo tasks; true if all of them succeeded. With `quiet`, shows their output only if they did not. */
export function turbo(args, { quiet = false } = {}) {
  const result = pnpm(['exec', 'turbo', 'run', ...args], { quiet });
  if (quiet && result.status !== 0) process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`);
  return result.status === 0;
}

/**
 * Builds what a run of tests needs. What is built is not built again, even if everything that is tested must run (TURBO_FORCE); with
 * `--built` on the command line nothing is looked at, so that two runs can go side by side without one writing what the other reads.
 *
 * @returns {boolean} Whether the builds have succeeded.
 */
export function buildBefore(filters) {
  if (process.argv.includes('--built')) return true;
  const { TURBO_FORCE: force } = process.env;
  delete process.env.TURBO_FORCE;
  const built = turbo(['build', ...filters], { quiet: true });
  if (force !== undefined) process.env.TURBO_FORCE = force;
  return built;
}

/** Installs the packages if anything about them has changed since the last time. Ends the process on failure. */
export function install() {
  checkNode();
  const listChanged = listPackages();
  const hash = manifestHash();
  if (existsSync(marker) && readFileSync(marker, 'utf8') === hash) return;
  // A new package changes the lockfile; continuous integration takes the one that was committed.
  const lockfile = listChanged && !process.env.CI ? '--no-frozen-lockfile' : '--frozen-lockfile';
  console.log(`installing packages with ${packageManager} ...`);
  const { status, error } = pnpm(['install', lockfile, '--reporter=append-only']);
  if (status !== 0) {
    console.error(
      `Installing the packages failed${error ? `: ${error.message}` : '; the lines above say why'}. It needs the npm ` +
        'registry: if it cannot be reached, check the network and the proxy, then run the same command again.',
    );
    process.exit(1);
  }
  writeFileSync(marker, hash);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Node 20.19 or later is needed, this is ${process.versions.node}: see https://nodejs.org`);
  process.exit(1);
}

function manifestHash() {
  const hash = createHash('sha256').update(process.versions.modules);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', 'tooling/package.json']) {
    hash.update(readFileSync(join(root, file)));
  }
  for (const folder of workspaceFolders()) hash.update(readFileSync(join(folder, 'package.json')));
  return hash.digest('hex');
}
