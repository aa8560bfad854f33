/** Where the matrix goes. */
import type { ConformanceMatrix } from './results.js';

/** A path to write to (in Node), a function to hand the matrix to (anywhere), or false for neither. */
export type ReportTarget = string | false | ((matrix: ConformanceMatrix) => void | Promise<void>);

/** The part of node:fs that is used; absent in browsers, where nothing is imported for it. */
interface FileSystem {
  mkdirSync(path: string, options: { recursive: true }): void;
  writeFileSync(path: string, text: string): void;
}

interface NodeProcess {
  getBuiltinModule?(name: string): FileSystem;
}

/**
 * Hands the matrix to its target. Without one, Node writes reports/conformance-<label>.json below the current directory
 * and a browser, which has no files, writes nothing.
 */
export async function writeReport(
  matrix: ConformanceMatrix,
  target: ReportTarget | undefined,
): Promise<void> {
  if (target === false) return;
  if (typeof target === 'function') return target(matrix);
  const files = (globalThis as { process?: NodeProcess }).process?.getBuiltinModule?.('node:fs');
  if (files === undefined) {
    if (target === undefined) return;
    throw new Error(`conformance: cannot write '${target}' in a browser; give 'report' a function`);
  }
  const path = target ?? `reports/conformance-${matrix.label}.json`;
  const folder = path.replace(/[^/\\]*$/, '');
  if (folder !== '') files.mkdirSync(folder, { recursive: true });
  files.writeFileSync(path, `${JSON.stringify(matrix, null, 2)}\n`);
}
