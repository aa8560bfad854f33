import type { Served } from './serve.mjs';

export function serverSuite(start: () => Promise<Served>): void;
