/**
 * What a package adds to a program: bundled and minified by esbuild, compressed by gzip -9, without tfjs and without the
 * other @bn packages that it imports, which are weighed by themselves.
 */
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { budgetsOf, type Import } from './budgets.js';
import { type PublishedPackage, publishedPackages } from './packages.js';

export interface Size {
  readonly packageName: string;
  readonly what: string;
  readonly minified: number;
  readonly compressed: number;
  /** Bytes, compressed, that must not be exceeded. */
  readonly budget: number;
  /** The size that the project wants, in bytes, if the budget is above it. */
  readonly target: number | undefined;
}

/** An import that has a budget. */
export interface Weighed extends Import {
  readonly packageName: string;
  /** The import in a word, or as code. */
  readonly what: string;
}

export const weighedImportsOf = (published: PublishedPackage): Weighed[] =>
  budgetsOf(published).map((entry) => ({ packageName: published.name, what: inAWord(entry.code), ...entry }));

function inAWord(code: string): string {
  if (code.startsWith('export *')) return 'everything';
  return `\`${/^export \{ (.*) \}/.exec(code)?.[1] ?? code.replace(/;$/, '')}\``;
}

export async function weigh({ packageName, what, code, budget, target }: Weighed): Promise<Size> {
  const bundled = await bundle(packageName, code);
  const compressed = gzipSync(bundled, { level: 9 }).length;
  return { packageName, what, minified: bundled.length, compressed, budget, target };
}

async function bundle(packageName: string, code: string): Promise<Uint8Array> {
  const others = publishedPackages.map(({ name }) => name).filter((name) => name !== packageName);
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external: ['@tensorflow/*', ...others.flatMap((name) => [name, `${name}/*`])],
    write: false,
  });
  return outputFiles[0]!.contents;
}

/** A Markdown table of sizes, in KB of 1000 bytes. */
export function sizesTable(sizes: readonly Size[]): string {
  const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1);
  const rows = sizes.map(
    ({ packageName, what, minified, compressed, budget, target }) =>
      `| ${packageName} | ${what} | ${kilobytes(minified)} | ${kilobytes(compressed)} | ${kilobytes(budget)} | ` +
      `${target === undefined ? '' : `${kilobytes(target)}, missed`} |`,
  );
  return [
    '| package | import | minified, KB | minified and compressed, KB | budget, KB | target, KB |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
