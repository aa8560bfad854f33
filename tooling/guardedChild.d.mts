export interface Ended {
  readonly code: number | null;
  /** The limit that the child was killed for. */
  readonly exceeded: 'time' | 'memory' | undefined;
  /** The most memory that it was seen to have. */
  readonly megabytes: number;
  readonly stdout: string;
  readonly stderr: string;
}
export interface Limits {
  readonly seconds: number;
  readonly megabytes: number;
  readonly cwd?: string;
  readonly input?: string;
}
export function runGuarded(parameters: readonly string[], limits: Limits): Promise<Ended>;
