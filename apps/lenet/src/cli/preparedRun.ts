import type { LoadedDataset } from '../dataset/resolve.js';
import type { RunConfiguration } from '../run/configuration.js';
import type { RunFolder } from '../run/folder.js';

/** A run that has been checked and can begin. Nothing has been written for it: if it cannot begin after all, nothing is left of it. */
export interface PreparedRun {
  readonly configuration: RunConfiguration;
  readonly dataset: LoadedDataset;
  /** Where it goes on; undefined if it starts anew. */
  readonly checkpoint: Uint8Array | undefined;
  /** Makes the folder of a new run, or writes into an old one what has changed. @throws OptionError, StorageError */
  takeFolder(): Promise<RunFolder>;
  /** Lets other processes have the folder, if there is one. */
  release(): Promise<void>;
}

/** A run that will be new. @param create makes its folder */
export function newRun(
  run: Pick<PreparedRun, 'configuration' | 'dataset' | 'checkpoint'>,
  create: () => Promise<RunFolder>,
): PreparedRun {
  let folder: RunFolder | undefined;
  return {
    ...run,
    takeFolder: async () => {
      folder = await create();
      return folder;
    },
    release: async () => folder?.release(),
  };
}
