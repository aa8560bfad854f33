#!/usr/bin/env node
/** The study's command line. */
import { DownloadError, LenetError, StorageError } from '@bn/lenet';
import { runCommand } from '@bn/lenet/node';
import { createProgram } from './cli/program.js';
import { studyCommand } from './cli/studyCommand.js';
import { StudyError, UnexpectedDivergenceError } from './errors.js';

await runCommand({
  run: (parameters, signal) =>
    createProgram((options) => studyCommand(options, signal)).parseAsync(parameters, { from: 'user' }),
  expected: [StudyError, LenetError],
  failures: [DownloadError, StorageError, UnexpectedDivergenceError],
  interrupted:
    'Interrupted. Experiments that are finished are kept: --out with this folder and --resume go on.',
});
