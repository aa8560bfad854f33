#!/usr/bin/env node
/** The trainer's command line. */
import { createProgram } from './cli/program.js';
import { runCommand } from './cli/runCommand.js';
import {
  ComparisonError,
  DivergenceError,
  DownloadError,
  GroupError,
  ImageError,
  LenetError,
  StorageError,
} from './errors.js';
import { handExitCodeOver } from './run/status.js';

await runCommand({
  run: (parameters, signal) => createProgram(signal).parseAsync(parameters, { from: 'user' }),
  expected: [LenetError],
  failures: [DownloadError, DivergenceError, StorageError, ComparisonError, ImageError, GroupError],
  interrupted: 'Interrupted.',
  memoryAdvice: '. Choose a smaller --batch-size.',
});
handExitCodeOver();
