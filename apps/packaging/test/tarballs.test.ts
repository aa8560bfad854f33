/** What people get when they install a package: the packed tarball, looked at file by file and by the field's linters. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, posix, relative, sep } from 'node:path';
import { root } from '@bn/tooling/workspace';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, describe, expect, test } from 'vitest';
import { packAll } from '../src/pack.js';
import { publishedPackages, readManifest } from '../src/packages.js';
import { unpack } from '../src/tarball.js';

const packed = packAll();
afterAll(() => rmSync(packed.folder, { recursive: true }));

const { repository } = readManifest(root);
const address = repository.url.replace(/^git\+|\.git$/g, '');

test.each(['SECURITY.md', 'CITATION.cff', '.github/ISSUE_TEMPLATE/config.yml'])(
  '%s names the address that the manifests name',
  (file) => {
    const named = readFileSync(join(root, file), 'utf8').match(/https:\/\/github\.com\/[\w-]+\/[\w-]+/g);
    expect(new Set(named)).toEqual(new Set([address]));
  },
);

test.each(['apps/docs', 'apps/packaging'])(
  'every published package is built before %s looks at it',
  (app) => {
    // tooling/workspace.mjs keeps these lists; any npm script of the root, npm run build say, adds a new package.
    const built = Object.keys(readManifest(join(root, app)).devDependencies!);
    expect(built).toEqual(expect.arrayContaining(publishedPackages.map(({ name }) => name)));
  },
);

test("the README's table has a row for every published package", () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  for (const { name, folder } of publishedPackages) {
    expect(readme).toContain(`| [${name}](packages/${basename(folder)}/README.md)`);
  }
});

describe.each(publishedPackages.map(({ name, folder }) => [name, folder] as const))('%s', (name, source) => {
  const tarball = packed.tarballs.get(name)!;
  const folder = join(packed.folder, name);
  const files = unpack(tarball, folder);
  const manifest = readManifest(folder);

  test('brings its licence, its README and its changelog', () => {
    const own = ['LICENSE', 'README.md', 'package.json'];
    // A package that has not been released yet has no changelog.
    const changelog = existsSync(join(source, 'CHANGELOG.md')) ? ['CHANGELOG.md'] : [];
    expect(files).toEqual(expect.arrayContaining([...own, ...changelog]));
    expect(manifest.files).toContain('CHANGELOG.md');
  });

  test('says where its sources, its page and its issues are', () => {
    const directory = relative(root, source).replaceAll(sep, '/');
    expect(manifest.repository).toEqual({ ...repository, directory });
    expect(manifest.homepage).toBe(`${address}/tree/main/${directory}#readme`);
    expect(manifest.bugs).toBe(`${address}/issues`);
  });

  test('has no link in its README that is dead on a registry', () => {
    const text = readFileSync(join(folder, 'README.md'), 'utf8');
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
    expect(links.filter((link) => !/^(https:|#)/.test(link))).toEqual([]);
    const intoRepository = links.filter((link) => link.startsWith(`${address}/blob/main/`));
    const targets = intoRepository.map((link) => link.slice(`${address}/blob/main/`.length).split('#')[0]!);
    expect(targets.filter((target) => !existsSync(join(root, target)))).toEqual([]);
  });

  test('has every file that its exports name', () => {
    const targets = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    expect(files).toEqual(expect.arrayContaining(targets.map((target) => posix.normalize(target))));
  });

  test('has real versions in place of those of the workspace', () => {
    expect(JSON.stringify(manifest)).not.toMatch(/workspace:|catalog:/);
  });

  test('has no file that its sources no longer have', () => {
    const compiled = files.filter((file) => file.startsWith('dist/') && file.endsWith('.js'));
    const stale = compiled.filter(
      (file) => !existsSync(join(source, file.replace(/^dist/, 'src').replace(/\.js$/, '.ts'))),
    );
    expect(stale, `remove ${source}/dist and build again`).toEqual([]);
  });

  test('has the sources that its source maps point to, but for generated ones', () => {
    const missing = files
      .filter((file) => file.endsWith('.map'))
      .flatMap((file) => {
        const { sources } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { sources: string[] };
        return sources.map((path) => posix.join(dirname(file), path));
      })
      .filter((path) => !path.startsWith('src/generated/') && !files.includes(path));
    expect(missing).toEqual([]);
  });

  test('imports only what its manifest names', () => {
    const named = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    const imported = files
      .filter((file) => /^dist\/.*\.(js|d\.ts)$/.test(file))
      .flatMap((file) => [
        ...readFileSync(join(folder, file), 'utf8').matchAll(/^(?:import|.* from) '([^'\n]+)';$/gm),
      ])
      .map(([, specifier]) => specifier!)
      .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('node:'))
      .map((specifier) => /^(@[^/]+\/)?[^/]+/.exec(specifier)![0]);
    expect(named).toEqual(expect.arrayContaining([...new Set(imported)]));
  });

  test('passes publint', async () => {
    const { messages, pkg } = await publint({ pkgDir: folder, pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test('passes "Are the types wrong?"', () => {
    const manifestPath = createRequire(import.meta.url).resolve('@arethetypeswrong/cli/package.json');
    const program = join(dirname(manifestPath), 'dist/index.js');
    const args = [program, tarball, '--profile', 'esm-only', '--no-emoji', '--no-color'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
  });
});
