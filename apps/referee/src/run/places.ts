/** The places where contenders run. */
import { noTorch, pythonWithTorch } from '@bn/tooling/python';
import type { Contender } from '../contenders/list.js';
import type { Attempt } from './attempts.js';
import { findPages } from './chromium.js';
import { inNode, inPython } from './processes.js';

/** How a contender is asked there; or why it cannot be. */
export type Place = { readonly attempt: Attempt } | { readonly missing: string };

export interface Places {
  readonly of: Readonly<Record<Contender['runsIn'], Place>>;
  /** Versions of what runs the contenders, by name. */
  readonly runtimes: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function openPlaces(): Promise<Places> {
  const torch = pythonWithTorch();
  const pages = await findPages();
  const found = 'missing' in pages ? undefined : pages;
  return {
    of: {
      Node: { attempt: inNode },
      Chromium: pages,
      Python: torch === undefined ? { missing: noTorch } : { attempt: inPython(torch) },
    },
    runtimes: { Node: process.versions.node, ...(found && { Chromium: found.version }) },
    close: async () => found?.close(),
  };
}
