/** The site as it is built: no link of it leads nowhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { docsPolicy } from '@bn/tooling/docsPolicy';
import { startChromium } from '@bn/tooling/page';
import { type Served, serveFolder } from '@bn/tooling/serve';
import { serverSuite } from '@bn/tooling/serverSuite';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { root } from '@bn/tooling/workspace';
import type { Page } from 'playwright';
import { describe, expect, onTestFinished, test } from 'vitest';

const site = join(import.meta.dirname, '../dist');
const files = new Set(
  readdirSync(site, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)),
);
const htmlFiles = [...files].filter((file) => file.endsWith('.html'));
const text = new Map(htmlFiles.map((file) => [file, readFileSync(file, 'utf8')]));
const anchors = new Map(
  [...text].map(([file, html]) => [
    file,
    new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id!)),
  ]),
);

/** Links of a page to pages, files and places in them, that are not there. */
function deadLinks(file: string): string[] {
  const links = [...text.get(file)!.matchAll(/\s(?:href|src)="([^"]+)"/g)].map(([, link]) => link!);
  return [...new Set(links)].filter((link) => {
    if (/^(https?|data|mailto):/.test(link)) return false;
    const [path, anchor] = link.split('#').map(decodeURIComponent);
    const named = path ? join(dirname(file), path) : file;
    const target = named.endsWith('/') ? join(named, 'index.html') : named;
    return !files.has(target) || (anchor && text.has(target) && !anchors.get(target)!.has(anchor));
  });
}

test('has a page for each document and each package', () => {
  const pages = htmlFiles.map((file) => relative(site, file).split('/')[0]);
  expect(pages).toEqual(expect.arrayContaining(['documents', 'modules', 'index.html']));
});

test('has the page of the LeNet lab', () => {
  expect(files).toContain(join(site, 'lab/index.html'));
  expect(text.get(join(site, 'index.html'))).toContain('href="lab/index.html"');
  expect(text.get(join(site, 'lab/index.html'))).toContain(
    'rel="help" href="../documents/The_LeNet_lab.html"',
  );
});

test('leads from the reference to the sources', () => {
  const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    repository: { url: string };
  };
  const sources = `${repository.url.replace(/^git\+|\.git$/g, '')}/blob/main/`;
  const html = text.get(join(site, 'functions/_bn_core.batchNorm.html'))!;
  const [, path] = new RegExp(`href="${sources}([^"#]+)#L\\d+"`).exec(html)!;
  expect(existsSync(join(root, path!))).toBe(true);
  expect(html).toContain('<math');
});

test('takes no word with a dot in it for an address', () => {
  const wrong = htmlFiles.filter((file) =>
    /href="http:\/\/(?!(localhost|127\.|yann|fashion-mnist))/.test(text.get(file)!),
  );
  expect(wrong.map((file) => relative(site, file))).toEqual([]);
});

test('has no dead link', () => {
  const dead = htmlFiles.flatMap((file) => deadLinks(file).map((link) => `${relative(site, file)}: ${link}`));
  expect(dead).toEqual([]);
});

describe('the server of the site', () => {
  const serveSite = () => serveFolder({ folder: site, port: 0, policy: docsPolicy(site) });
  serverSuite(serveSite);

  /** The site in a folder of a host, as GitHub Pages has the sites of projects. */
  async function serveBelow(name: string) {
    const folder = await temporaryFolder();
    await symlink(site, join(folder, name));
    const policy = docsPolicy(site);
    const server = await serveFolder({
      folder,
      port: 0,
      policy: (path) => policy(path.slice(1 + name.length)),
    });
    return { ...server, url: `${server.url}${name}/` };
  }

  test.each([
    [
      "TypeDoc's scripts show the navigation",
      '',
      (page: Page) => page.locator('.tsd-navigation a').nth(20).waitFor({ state: 'attached' }),
    ],
    [
      'the lab trains',
      'lab/index.html',
      async (page: Page) => {
        await page.getByRole('button', { name: 'Start training' }).click();
        await page
          .getByText(/epoch 1 of 10/)
          .first()
          .waitFor();
      },
    ],
  ])('lets what belongs to it run, at the root of a host and below: %s', async (_, path, use) => {
    for (const serve of [serveSite, () => serveBelow('bn')]) await visit(await serve(), path, use);
  });

  async function visit(server: Served, path: string, use: (page: Page) => Promise<unknown>): Promise<void> {
    onTestFinished(server.close);
    const browser = await startChromium();
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    const faults: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(server.url + path);
    await use(page);
    expect(faults).toEqual([]);
    await browser.close();
  }
});
