/** Loads the data set that the command line names, with a bar for each file that must be downloaded. */
import { defaultPlaces, type LoadedDataset, loadDataset } from '../dataset/resolve.js';
import { ProgressBar } from './progress.js';

export interface DataOptions {
  readonly dataset: string;
  readonly datasetUrl?: string;
  readonly quiet: boolean;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** @throws DatasetError, DownloadError; rejects with the signal's reason. */
export async function loadData(options: DataOptions, signal: AbortSignal): Promise<LoadedDataset> {
  const places = defaultPlaces();
  const bar = new ProgressBar(options.quiet);
  try {
    return await loadDataset(options.dataset, {
      places: { ...places, url: options.datasetUrl ?? places.url },
      signal,
      onNotice: (line) => console.error(line),
      onProgress: (name, received, total) => {
        const values = { received: megabytes(received) };
        bar.start(`${name} |{bar}| {percentage}% {received}`, total ?? received, values);
        bar.update(received, values);
      },
      onFile: (name) => {
        bar.stop();
        if (!options.quiet) console.error(`downloaded ${name} to ${places.cache}`);
      },
    });
  } finally {
    bar.stop();
  }
}
