/** A program and its parameters, as `spawn` takes them. */
interface Command {
  readonly program: string;
  readonly parameters: readonly string[];
}
/** Several hosts of one machine, named by their addresses. */
export class Hosts {
  readonly names: readonly string[];
  /** @throws Error if this system has no network namespaces, or keeps them from this user. */
  constructor(count: number);
  on(name: string, command: Command): Command;
  get env(): Record<string, string>;
  received(name: string): number;
  unplug(name: string): void;
  limit(name: string, bitsPerSecond: number): void;
  remove(): void;
}

/** Why there cannot be several hosts on this machine, or undefined. The tests that need them are skipped then, and show this. */
export declare function whyNoHosts(): string | undefined;
