/**
 * Finds the Chromium that browser tests run in, or installs one. Looks for, in this order:
 *
 * 1. the path in the environment variable BN_CHROMIUM or CHROME_PATH,
 * 2. a Chromium or Chrome of the system,
 * 3. the one that Playwright has downloaded before,
 *
 * and to install one, tries Playwright's download, then (as root, if there is apt-get) Debian's package.
 *
 *     node tooling/browser.mjs        # installs if needed, prints the path
 */
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { env, platform } = process;
const variables = ['BN_CHROMIUM', 'CHROME_PATH'];
const commands = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Flags that every test starts Chromium with: WebGL and WebGPU on a software device, no network of the browser's own. */
export const chromiumArguments = [
  ...['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'],
  ...['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan'],
  ...['--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

/** How long it may take to start: Playwright's half a minute is too short for a machine with much else to do. */
export const startMilliseconds = 120_000;

/** Pages with these headers may share memory. */
export const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** What to do if there is no browser. */
export const noChromiumMessage =
  'The browser tests need Chromium or Chrome, and none was found or could be installed. Install one (Debian: apt-get ' +
  'install chromium; Fedora: dnf install chromium; macOS: brew install --cask google-chrome; anywhere, in the folder ' +
  'tooling: npx playwright install --with-deps chromium), or set BN_CHROMIUM to the path of its executable, and run npm test again.';

/**
 * Path of a browser that is there already, or undefined.
 *
 * @throws Error if a variable names a file that is not there.
 */
export async function findChromium() {
  const variable = variables.find((name) => env[name]);
  if (variable) {
    if (existsSync(env[variable])) return env[variable];
    throw new Error(`${variable} is '${env[variable]}', but there is no such file`);
  }
  return [...systemPlaces(), await playwrightPlace()].find(starts);
}

/**
 * Path of a browser, which is installed if there is none; undefined if that fails.
 *
 * @throws Error if a variable names a file that is not there.
 */
export async function findOrInstallChromium() {
  for (const install of [() => {}, downloadWithPlaywright, installDebianPackage]) {
    install();
    const path = await findChromium();
    if (path) return path;
  }
  return undefined;
}

function systemPlaces() {
  if (platform === 'darwin') {
    const folders = ['/Applications', join(env.HOME ?? '', 'Applications')];
    const apps = ['Google Chrome', 'Chromium'];
    return folders.flatMap((folder) => apps.map((app) => join(folder, `${app}.app/Contents/MacOS/${app}`)));
  }
  if (platform === 'win32') {
    const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(Boolean);
    const programs = ['Google/Chrome/Application/chrome.exe', 'Chromium/Application/chrome.exe'];
    return folders.flatMap((folder) => programs.map((program) => join(folder, program)));
  }
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return commands.flatMap((command) => folders.map((folder) => join(folder, command)));
}

async function playwrightPlace() {
  const { chromium } = await import('playwright');
  return chromium.executablePath();
}

/** Whether the program is there and starts: it may lack libraries, or be a stub that asks for another package. */
function starts(path) {
  if (!path || !existsSync(path)) return false;
  // On Windows --version opens a window.
  return platform === 'win32' || spawnSync(path, ['--version'], { timeout: 60_000 }).status === 0;
}

function downloadWithPlaywright() {
  console.log('no Chromium found; trying to download one with Playwright ...');
  const manifest = createRequire(import.meta.url).resolve('playwright/package.json');
  const program = join(dirname(manifest), 'cli.js');
  run(process.execPath, [program, 'install', 'chromium'], {
    PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '10000',
  });
}

function installDebianPackage() {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return;
  console.log("trying Debian's package ...");
  run('apt-get', ['update']);
  run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], {
    DEBIAN_FRONTEND: 'noninteractive',
  });
}

/** Runs an installer. Its failure is no error: what counts is whether there is a browser afterwards. */
function run(program, args, variables = {}) {
  spawnSync(program, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 15 * 60_000,
    env: { ...env, ...variables },
  });
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const path = await findOrInstallChromium();
  if (path) console.log(path);
  else {
    console.error(noChromiumMessage);
    process.exitCode = 1;
  }
}
