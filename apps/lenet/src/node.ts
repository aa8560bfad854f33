/** The part of this app's face that needs Node: backends, data sets on disk, files, and parts of a command line. */

export { type DataOptions, loadData } from './cli/data.js';
export * as parsers from './cli/parsers.js';
export { ProgressBar } from './cli/progress.js';
export { type CommandLine, runCommand } from './cli/runCommand.js';
export { fetchBytes, fetchFailure } from './dataset/fetchBytes.js';
export {
  type DatasetPlaces,
  defaultPlaces,
  type LoadDatasetOptions,
  type LoadedDataset,
  loadDataset,
} from './dataset/resolve.js';
export { readText } from './files/readAtMost.js';
export { writeFileWhole } from './files/writeFile.js';
export { startBackend } from './run/backend.js';
