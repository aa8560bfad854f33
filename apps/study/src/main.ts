#!/usr/bin/env node
/** The study's command line. Exit codes: 0 done, 1 a failure, 2 something that was asked for cannot be, 130 Ctrl-C. */
import { DownloadError, LenetError, messageOf, StorageError } from '@bn/lenet';
import { endProcess } from '@bn/lenet/node';
import { CommanderError } from 'commander';
import { createProgram } from './cli/program.js';
import { studyCommand } from './cli/studyCommand.js';
import { StudyError, UnexpectedDivergenceError } from './errors.js';

const signalExitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
/** What was asked for is fine, but could not be done. */
const failures = [DownloadError, StorageError, UnexpectedDivergenceError];
/** One Ctrl-C can arrive more than once: from the terminal, and again from npm. */
const repeatMilliseconds = 500;

process.exitCode = await main(process.argv.slice(2));
endProcess();

async function main(parameters: string[]): Promise<number> {
  const controller = new AbortController();
  let interrupted = 0;
  let interruptedAt = 0;
  for (const [signal, exitCode] of Object.entries(signalExitCodes)) {
    process.on(signal, () => {
      if (interrupted !== 0 && performance.now() - interruptedAt > repeatMilliseconds) process.exit(exitCode);
      if (interrupted === 0) interruptedAt = performance.now();
      interrupted = exitCode;
      controller.abort();
    });
  }
  try {
    const program = createProgram((options) => studyCommand(options, controller.signal));
    await program.parseAsync(parameters, { from: 'user' });
    return 0;
  } catch (error) {
    if (interrupted === 0) return explain(error);
    console.error(
      'Interrupted. Experiments that are finished are kept: --out with this folder and --resume go on.',
    );
    return interrupted;
  }
}

/** Prints what a person can act on, and the stack of what should not have happened. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof StudyError || error instanceof LenetError) {
    console.error(`error: ${error.message}`);
    return failures.some((failure) => error instanceof failure) ? 1 : 2;
  }
  if ((error as { code?: unknown }).code === 'BN_OUT_OF_MEMORY') {
    console.error(`error: ${messageOf(error)}`);
    return 1;
  }
  console.error(error);
  return 1;
}
