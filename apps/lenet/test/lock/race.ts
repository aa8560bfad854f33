/** Processes that want the same folder at the same moment. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Attempt {
  readonly owns: boolean;
  readonly message?: string;
}

export class Contenders {
  readonly #processes: readonly ChildProcess[];

  constructor(count: number) {
    const program = fileURLToPath(new URL('contender.mjs', import.meta.url));
    this.#processes = Array.from({ length: count }, () => fork(program));
  }

  /** All try to lock the folder; what came of it for each of them. */
  race(folder: string): Promise<Attempt[]> {
    return this.#askAll({ folder }) as Promise<Attempt[]>;
  }

  /** Those that own the folder give it back. */
  async release(): Promise<void> {
    await this.#askAll({});
  }

  async kill(): Promise<void> {
    const ends = this.#processes.map((process) => once(process, 'exit'));
    for (const process of this.#processes) process.kill('SIGKILL');
    await Promise.all(ends);
  }

  #askAll(message: object): Promise<unknown[]> {
    const answers = this.#processes.map(async (process) => (await once(process, 'message'))[0]);
    for (const process of this.#processes) process.send(message);
    return Promise.all(answers);
  }
}
