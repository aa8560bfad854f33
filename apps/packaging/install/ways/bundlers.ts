/** Each bundler, with its defaults for production, turns `program.js` into a page's script. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import * as vite from 'vite';
import { default as webpack } from 'webpack';
import type { Project } from '../project.js';
import { copyWasm } from './wasmFiles.js';

/** What a bundler made: a folder with an index.html, and what it warned of in our packages. */
export interface Bundle {
  readonly folder: string;
  readonly warnings: readonly string[];
}

type Bundler = (project: Project) => Promise<Bundle>;

const page = '<!doctype html><meta charset="utf-8"><script type="module" src="program.js"></script>\n';
const ours = (texts: readonly string[]): string[] => texts.filter((text) => text.includes('@bn/'));

const withVite: Bundler = async ({ folder }) => {
  const outDir = join(folder, 'vite');
  const warnings: string[] = [];
  const customLogger = vite.createLogger('silent');
  customLogger.warn = (text) => void warnings.push(text);
  await writeFile(join(folder, 'index.html'), page);
  // Vite copies what lies in public/ to the output.
  await mkdir(join(folder, 'public'), { recursive: true });
  await copyWasm(folder, join(folder, 'public'));
  await vite.build({ root: folder, configFile: false, customLogger, build: { outDir, emptyOutDir: true } });
  return { folder: outDir, warnings: ours(warnings) };
};

const withEsbuild: Bundler = async ({ folder }) => {
  const outdir = join(folder, 'esbuild');
  const { warnings } = await esbuild.build({
    absWorkingDir: folder,
    entryPoints: ['program.js'],
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    logLevel: 'silent',
  });
  await writeFile(join(outdir, 'index.html'), page);
  await copyWasm(folder, outdir);
  return {
    folder: outdir,
    warnings: ours(warnings.map(({ text, location }) => `${location?.file}: ${text}`)),
  };
};

const withWebpack: Bundler = async ({ folder }) => {
  const path = join(folder, 'webpack');
  const compiler = webpack({
    context: folder,
    mode: 'production',
    // Minifying tfjs takes longer than all else together, and shows nothing about our packages.
    optimization: { minimize: false },
    performance: false,
    entry: './program.js',
    output: { path, filename: 'program.js' },
  });
  const stats = await promisify(compiler.run.bind(compiler))();
  await promisify(compiler.close.bind(compiler))();
  const { errors = [], warnings = [] } = stats!.toJson({ all: false, errors: true, warnings: true });
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  await writeFile(join(path, 'index.html'), page);
  await copyWasm(folder, path);
  return {
    folder: path,
    warnings: ours(warnings.map(({ moduleName, message }) => `${moduleName}: ${message}`)),
  };
};

export const bundlers = { vite: withVite, esbuild: withEsbuild, webpack: withWebpack };
