export interface ServeOptions {
  readonly folder: string;
  /** 0 for a free one. */
  readonly port: number;
  /** Whether another free port will do if it is taken. */
  readonly otherPort?: boolean;
  /** The content security policy of a page or a worker, by its path. */
  readonly policy: (path: string) => string;
  readonly headers?: Readonly<Record<string, string>>;
}
export interface Served {
  readonly url: string;
  close(): Promise<void>;
}
export class PortError extends Error {}
export function policyWith(more?: Readonly<Record<string, readonly string[]>>): string;
export function policyForTfjs(...scripts: readonly string[]): string;
export function serveFolder(options: ServeOptions): Promise<Served>;
