/** The data sets that the page can load. */
import datasets from 'virtual:datasets';
import { type FileKey, fileNames } from '@bn/lenet';
import type { DatasetSource } from '../protocol.js';

/** Those that are served with the page; the first is the one to begin with. */
export const bundledDatasets: readonly DatasetSource[] = datasets.map(({ name, files }) => ({
  name,
  files: absolute(files),
}));

/** The worker's addresses are not the page's. */
function absolute(files: Record<FileKey, string>): Record<FileKey, string> {
  const entries = Object.entries(files).map(([key, url]) => [key, new URL(url, document.baseURI).href]);
  return Object.fromEntries(entries) as Record<FileKey, string>;
}

/** Sorts files that a person chose by their names; the names of those that are not among them. */
export function chosenFiles(chosen: readonly File[]): DatasetSource | { readonly missing: string[] } {
  const find = (name: string) => chosen.find((file) => file.name === name || `${file.name}.gz` === name);
  const entries = Object.entries(fileNames).map(([key, name]) => [key, find(name), name] as const);
  const missing = entries.filter(([, file]) => file === undefined).map(([, , name]) => name);
  if (missing.length > 0) return { missing };
  const files = Object.fromEntries(entries.map(([key, file]) => [key, file!]));
  return { name: 'custom', files: files as Record<FileKey, File> };
}
