/**
 * npm run test:install: builds and packs the packages, installs each into an empty project, and uses it there in every way
 * that people do. Needs the npm registry, so that `npm test` does without it.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { findOrInstallChromium } from './browser.mjs';
import { countsOf, finish, forget } from './counts.mjs';
import { buildBefore, install, pnpm } from './setup.mjs';
import { root } from './workspace.mjs';

const report = join(root, 'apps/packaging/install/reports/vitest.json');

forget('test:install');
install();
const chromium = await findOrInstallChromium();
if (chromium) process.env.BN_CHROMIUM = chromium;
rmSync(report, { force: true });
const built = buildBefore(['--filter=./packages/*']);
const succeeded = built && pnpm(['--filter', '@bn/packaging', 'run', 'test:install']).status === 0;
finish('test:install', countsOf(report) ?? { passed: 0, failed: 0, skipped: 0 }, succeeded);
