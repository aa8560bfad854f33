import type { SpawnSyncReturns } from 'node:child_process';

export function pnpm(args: readonly string[], options?: { quiet?: boolean }): SpawnSyncReturns<string>;
export function turbo(args: readonly string[], options?: { quiet?: boolean }): boolean;
export function install(): void;
