/** The command that writes docs/conformance.md, in an empty checkout. */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { expect, test } from 'vitest';

const source = fileURLToPath(new URL('../scripts/report.mjs', import.meta.url));

/** A checkout in which the tests of some backends have run. */
async function checkoutWith(labels: readonly string[]) {
  const root = await temporaryFolder();
  const script = join(root, 'packages/conformance/scripts/report.mjs');
  await cp(source, script);
  const reports = join(root, 'packages/conformance/reports');
  await mkdir(reports, { recursive: true });
  for (const label of labels) {
    const features = [{ feature: 'golden data', passed: 1, failed: 0, notRun: 0 }];
    const accuracy = [{ operation: 'rmsNorm', output: 'y', cases: 1, error: 1e-7, pytorch: 2e-7 }];
    const matrix = { label, tfjs: '4.22.0', pytorch: '1.13.0', tolerance: 1, features, accuracy };
    await writeFile(join(reports, `conformance-${label}.json`), JSON.stringify(matrix));
  }
  const report = () => spawnSync(process.execPath, [script], { encoding: 'utf8' });
  return { page: join(root, 'docs/conformance.md'), reports, report };
}

test('needs a test run', async () => {
  const { report } = await checkoutWith([]);
  expect(report()).toMatchObject({ status: 1, stderr: expect.stringContaining('run the tests first') });
});

test('takes no backend out of the page because its tests have not run', async () => {
  const { page, reports, report } = await checkoutWith(['cpu', 'wasm']);
  expect(report()).toMatchObject({ status: 0, stderr: '' });
  const before = await readFile(page, 'utf8');
  expect(before).toContain('| tests passed | cpu | wasm |');
  await rm(join(reports, 'conformance-wasm.json'));
  expect(report()).toMatchObject({
    status: 1,
    stderr:
      'docs/conformance.md would lose wasm: run the tests of these first, or remove the page if they are to go\n',
  });
  expect(await readFile(page, 'utf8')).toBe(before);
});
