import type { Browser } from 'playwright';

export function printedByScript(
  browser: Browser,
  script: { code: string; language: 'js' | 'ts'; folder: string; lines: number },
): Promise<string[]>;
