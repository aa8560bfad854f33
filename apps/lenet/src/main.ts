#!/usr/bin/env node
/** The trainer's command line. */
import { createProgram } from './cli/program.js';
import { runCommand } from './cli/runCommand.js';
import {
  ComparisonError,
  DivergenceError,
  DownloadError,
  ImageError,
  LenetError,
  StorageError,
} from './errors.js';

await runCommand({
  run: (parameters, signal) => createProgram(signal).parseAsync(parameters, { from: 'user' }),
  expected: [LenetError],
  failures: [DownloadError, DivergenceError, StorageError, ComparisonError, ImageError],
  interrupted: 'Interrupted.',
  memoryAdvice: '. Choose a smaller --batch-size.',
});
