/** What a user types to start this program, for help and advice: npm's script, where that has started it. */
import { relative } from 'node:path';

export const typedCommand = (): string =>
  process.env.BN_COMMAND ?? `node ${relative('', process.argv[1] ?? 'main.js')}`;
