/** A run's folder: what was asked for, what came of it, and the weights. Each file is replaced whole. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { messageOf, OptionError } from '../errors.js';
import type { EpochMetrics } from '../training/train.js';
import { drawCurves } from './plot.js';

export class RunFolder {
  readonly #history: EpochMetrics[] = [];

  private constructor(
    /** The folder's path, as the user may type it. */
    readonly path: string,
    private readonly title: string,
  ) {}

  /**
   * Makes a new folder in `parent`.
   *
   * @param name its name; left out, `suggestion` with a number behind it where that is taken
   * @param title of the plot
   * @throws OptionError where the name is taken or the folder cannot be made.
   */
  static async create(
    parent: string,
    name: string | undefined,
    suggestion: string,
    title: string,
  ): Promise<RunFolder> {
    try {
      await mkdir(parent, { recursive: true });
      for (let attempt = 1; ; attempt++) {
        const path = join(parent, name ?? (attempt === 1 ? suggestion : `${suggestion}-${attempt}`));
        if (await makeNew(path)) return new RunFolder(path, title);
        if (name !== undefined) {
          throw new OptionError(`--run-name: ${path} exists already; choose another name or remove it`);
        }
      }
    } catch (error) {
      if (error instanceof OptionError) throw error;
      throw new OptionError(`--out: cannot write to ${parent}: ${messageOf(error)}; choose another folder`, {
        cause: error,
      });
    }
  }

  get checkpointPath(): string {
    return join(this.path, 'checkpoint.safetensors');
  }

  async writeConfig(config: object): Promise<void> {
    await this.#write('config.json', JSON.stringify(config, undefined, 2) + '\n');
  }

  /** The checkpoint first: metrics never speak of weights that are not there. */
  async writeEpoch(metrics: EpochMetrics, checkpoint: Uint8Array): Promise<void> {
    await this.#write('checkpoint.safetensors', Buffer.from(checkpoint.buffer));
    this.#history.push(metrics);
    await this.#write('metrics.jsonl', this.#history.map((epoch) => JSON.stringify(epoch) + '\n').join(''));
    await this.#write('curves.svg', await drawCurves(this.#history, this.title));
  }

  #write(name: string, contents: string | Buffer): Promise<void> {
    return writeFileAtomic(join(this.path, name), contents);
  }
}

/** Makes a folder; false where there is something of that name. */
async function makeNew(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
