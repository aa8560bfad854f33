/** The install matrix: every published package, alone with its peers in an empty project, used in every way. */
import { rm } from 'node:fs/promises';
import { startChromium } from '@bn/tooling/page';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packAll } from '../src/pack.js';
import { publishedPackages } from '../src/packages.js';
import { waysOf } from './cells.js';
import { copiesOf, createProject, type Project } from './project.js';

const packed = packAll();
let browser: Browser;

beforeAll(async () => {
  browser = await startChromium();
});
afterAll(async () => {
  await browser.close();
  await rm(packed.folder, { recursive: true });
});

describe.each(publishedPackages.map((published) => [published.name, published] as const))(
  '%s',
  (name, published) => {
    let project: Project;
    beforeAll(async () => {
      project = await createProject(published, packed);
    });
    // Each is hundreds of megabytes: none waits for the end.
    afterAll(() => rm(project.folder, { recursive: true }));

    test('brings one copy of tfjs-core', () => {
      expect(copiesOf('@tensorflow/tfjs-core', project.folder)).toHaveLength(1);
    });

    test.each(waysOf(name))('works in %s', (_, use) => use(project, browser));
  },
);
