/** The ways in which a package is used, and what each must do; a cell of the matrix is a package and a way. */
import { printedByPage } from '@bn/tooling/page';
import type { Browser } from 'playwright';
import { expect } from 'vitest';
import type { Project } from './project.js';
import { bundlers } from './ways/bundlers.js';
import { node, vitest } from './ways/node.js';
import { writePage } from './ways/page.js';
import { typeErrors } from './ways/typescript.js';

export type Way = (project: Project, browser: Browser) => Promise<void>;

const inNode: Way = async (project) => expect(await node(project)).toEqual(project.prints);

const typed =
  (resolution: 'nodenext' | 'bundler'): Way =>
  async (project) =>
    expect(typeErrors(project, resolution)).toEqual([]);

const pagePrints = (browser: Browser, folder: string, file: string, { prints }: Project) =>
  printedByPage(browser, { folder, file, lines: prints.length });

const bundled =
  (bundler: keyof typeof bundlers): Way =>
  async (project, browser) => {
    const { folder, warnings } = await bundlers[bundler](project);
    expect(warnings).toEqual([]);
    expect(await pagePrints(browser, folder, 'index.html', project)).toEqual(project.prints);
  };

const inPage: Way = async (project, browser) => {
  await writePage(project);
  expect(await pagePrints(browser, project.folder, 'page.html', project)).toEqual(project.prints);
};

/** By the heading of the matrix's column. */
const ways: Readonly<Record<string, Way>> = {
  'Node, ESM': inNode,
  'TypeScript, nodenext': typed('nodenext'),
  'TypeScript, bundler': typed('bundler'),
  Vite: bundled('vite'),
  esbuild: bundled('esbuild'),
  webpack: bundled('webpack'),
  'HTML, import map': inPage,
};

/** The conformance suite is run by vitest, in Node and in its browser mode: nobody bundles it. */
const waysOfConformance: Readonly<Record<string, Way>> = {
  'Node, ESM': async (project) => expect(await vitest(project)).toBeGreaterThan(400),
  'TypeScript, nodenext': typed('nodenext'),
  'TypeScript, bundler': typed('bundler'),
};

/** In Node alone: no bundler, no page. */
const waysInNode = Object.fromEntries(
  Object.entries(ways).filter(([heading]) => /^(Node|TypeScript)/.test(heading)),
);

const waysOfSome: Readonly<Record<string, Readonly<Record<string, Way>>>> = {
  '@bn/conformance': waysOfConformance,
  '@bn/mpi': waysInNode,
};

export const waysOf = (packageName: string): readonly (readonly [string, Way])[] =>
  Object.entries(waysOfSome[packageName] ?? ways);
