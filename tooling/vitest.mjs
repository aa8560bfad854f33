/**
 * The test settings that packages share: the console's default report, and a JSON report from which `npm test` counts
 * what ran.
 */
import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { chromiumArguments, findChromium, isolationHeaders, startMilliseconds } from './browser.mjs';

/** For packages whose tests run in Node alone. */
export const sharedTestConfig = {
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', 'json'],
    outputFile: { json: 'reports/vitest.json' },
    attachmentsDir: 'reports/attachments',
    // Far beyond what any test takes: they tell a hang, not a machine that is slow or has other things to do.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Two cores: turbo already runs packages side by side.
    maxWorkers: 1,
  },
};

/** For the attacks of a package, which `npm run test:attack` runs. */
export const attackConfig = {
  test: {
    ...sharedTestConfig.test,
    include: ['attack/**/*.test.ts'],
    outputFile: { json: 'reports/attack.json' },
  },
};

/**
 * For packages whose conformance test runs in Node and in Chromium: the projects 'node' (all of test/ but test/browser/)
 * and 'chromium' (test/conformance*.test.ts and test/browser/).
 *
 * @param {object} options
 * @param {string[]} [options.setupFiles] What Chromium loads before each test file.
 * @param {string[]} [options.dependencies] Packages beside tfjs that the tests import from node_modules.
 * @param {number} [options.maxWorkers] How many files run side by side.
 * @param {string[]} [options.together] Files in Node that share a process, in any order (vitest run --sequence.shuffle.files):
 *   they leave tfjs as they found it, and loading it takes longer than they do.
 */
export async function nodeAndBrowserConfig(options = {}) {
  const { include, ...shared } = sharedTestConfig.test;
  const { maxWorkers = shared.maxWorkers, together = [] } = options;
  const project = (test) => ({ extends: true, test });
  const node = project({ name: 'node', include, exclude: ['test/browser/**', ...together] });
  const inOneProcess = project({ name: 'node-together', include: together, isolate: false });
  const inNode = together.length > 0 ? [node, inOneProcess] : [node];
  return { test: { ...shared, maxWorkers, projects: [...inNode, await chromiumProject(options)] } };
}

async function chromiumProject({ setupFiles = [], dependencies = [] } = {}) {
  const executablePath = await findChromium().catch(() => undefined);
  if (!executablePath) return missingBrowserProject;
  return {
    extends: true,
    server: { headers: isolationHeaders },
    // Named here, they are bundled before the first test, in one go: one copy of tfjs-core, and no reload half-way.
    optimizeDeps: { include: ['@tensorflow/tfjs', '@tensorflow/tfjs-core', ...dependencies] },
    test: {
      name: 'browsers',
      include: ['test/conformance*.test.ts', 'test/browser/**/*.test.ts'],
      setupFiles,
      browser: {
        enabled: true,
        headless: true,
        provider: playwright({
          launchOptions: { executablePath, args: chromiumArguments, timeout: startMilliseconds },
        }),
        instances: [{ browser: 'chromium', name: 'chromium' }],
        screenshotDirectory: 'reports/screenshots',
        connectTimeout: startMilliseconds,
      },
    },
  };
}

/** In place of the browser tests: one that fails, and says what to do. */
const missingBrowserProject = {
  test: {
    name: 'chromium',
    root: fileURLToPath(new URL('.', import.meta.url)),
    include: ['missingBrowser.test.mjs'],
  },
};
