#!/usr/bin/env node
/** The trainer's command line. Exit codes: 0 done, 1 a failure, 2 something that was asked for cannot be, 130 Ctrl-C. */
import { CommanderError } from 'commander';
import { createProgram } from './cli/program.js';
import {
  ComparisonError,
  DivergenceError,
  DownloadError,
  ImageError,
  InterruptionError,
  LenetError,
  messageOf,
  StorageError,
} from './errors.js';
import { endProcess } from './run/backend.js';

const signalExitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** What was asked for is fine, but could not be done. */
const failures = [DownloadError, DivergenceError, StorageError, ComparisonError, ImageError];

/** One Ctrl-C can arrive more than once: from the terminal, and again from npm. */
const repeatMilliseconds = 500;

process.exitCode = await run(process.argv.slice(2));
endProcess();

async function run(parameters: string[]): Promise<number> {
  const controller = new AbortController();
  let interrupted = 0;
  let interruptedAt = 0;
  for (const [signal, exitCode] of Object.entries(signalExitCodes)) {
    process.on(signal, () => {
      if (interrupted === 0) {
        interrupted = exitCode;
        interruptedAt = performance.now();
        controller.abort();
      } else if (performance.now() - interruptedAt > repeatMilliseconds) {
        // Who asks twice does not want to wait for the step to end.
        process.exit(exitCode);
      }
    });
  }
  try {
    await createProgram(controller.signal).parseAsync(parameters, { from: 'user' });
    return 0;
  } catch (error) {
    if (interrupted === 0) return explain(error);
    console.error(error instanceof InterruptionError ? error.message : 'Interrupted.');
    return interrupted;
  }
}

/** Prints what a person can act on, and the stack of what should not have happened. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof LenetError) {
    console.error(`error: ${error.message}`);
    return failures.some((failure) => error instanceof failure) ? 1 : 2;
  }
  if ((error as { code?: unknown }).code === 'BN_OUT_OF_MEMORY') {
    console.error(`error: ${messageOf(error)}. Choose a smaller --batch-size.`);
    return 1;
  }
  console.error(error);
  return 1;
}
