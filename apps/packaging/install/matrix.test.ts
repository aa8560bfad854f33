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

/** Projects that are made or in the making. Each is begun once, and the next one while this one is tested. */
const projects: Promise<Project>[] = [];
function begin(index: number): void {
  const published = publishedPackages[index];
  if (published === undefined) return;
  projects[index] ??= createProject(published, packed);
  // Whoever waits for it hears of a failure, at its own time.
  projects[index].catch(() => {});
}

beforeAll(async () => {
  browser = await startChromium();
});
afterAll(async () => {
  await browser.close();
  // If only some packages are tested, the next one may still be in the making.
  await Promise.allSettled(projects);
  await rm(packed.folder, { recursive: true });
});

describe.each(publishedPackages.map((published, index) => [published.name, index] as const))(
  '%s',
  (name, index) => {
    let project: Project;
    beforeAll(async () => {
      begin(index);
      project = await projects[index]!;
      begin(index + 1);
    });
    // Each is hundreds of megabytes: none waits for the end.
    afterAll(() => rm(project.folder, { recursive: true }));

    test('brings one copy of tfjs-core', () => {
      expect(copiesOf('@tensorflow/tfjs-core', project.folder)).toHaveLength(1);
    });

    test.each(waysOf(name))('works in %s', (_, use) => use(project, browser));
  },
);
