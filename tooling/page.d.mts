import type { Browser } from 'playwright';

export type { Browser };

export function startChromium(): Promise<Browser>;
export function printedByPage(
  browser: Browser,
  page: { folder: string; file: string; html?: string; lines: number },
): Promise<string[]>;
