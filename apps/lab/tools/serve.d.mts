import type { Served } from '@bn/tooling/serve';

export declare function serveLab(options: {
  folder: string;
  port?: number;
  headers?: Record<string, string>;
}): Promise<Served>;
