/** Runs a command line: Ctrl-C, what a person reads of an error, and the exit code. */
import { CommanderError } from 'commander';
import { InterruptionError, messageOf, PrintedError } from '../errors.js';
import { endProcess } from '../run/backend.js';

const signalExitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** One Ctrl-C can arrive more than once: from the terminal, and again from npm. */
const repeatMilliseconds = 500;

// biome-ignore lint/suspicious/noExplicitAny: errors of any constructor
type ErrorClass = abstract new (...args: any[]) => Error;

export interface CommandLine {
  /** Does what the parameters ask for, until the signal says to stop. */
  run(parameters: string[], signal: AbortSignal): Promise<unknown>;
  /** Errors that a person can act on. All others are printed with their stack. */
  readonly expected: readonly ErrorClass[];
  /** Those of them in which what was asked for is fine, but could not be done. */
  readonly failures: readonly ErrorClass[];
  /** Printed after Ctrl-C, unless the error itself says what was kept. */
  readonly interrupted: string;
  /** Printed after the message of an OutOfMemoryError. */
  readonly memoryAdvice?: string;
}

/** Runs it and ends the process. Exit codes: 0 done, 1 a failure, 2 something that was asked for cannot be, 130 Ctrl-C. */
export async function runCommand(line: CommandLine): Promise<void> {
  process.exitCode = await exitCodeOf(line, process.argv.slice(2));
  endProcess();
}

async function exitCodeOf(line: CommandLine, parameters: string[]): Promise<number> {
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
    await line.run(parameters, controller.signal);
    return 0;
  } catch (error) {
    if (error instanceof PrintedError) return error.exitCode;
    // Another process of the group may have been told to stop.
    if (error instanceof InterruptionError) interrupted ||= signalExitCodes.SIGINT;
    if (interrupted === 0) return explain(line, error);
    console.error(error instanceof InterruptionError ? error.message : line.interrupted);
    return interrupted;
  }
}

/** Prints what a person can act on, and the stack of what should not have happened. */
function explain({ expected, failures, memoryAdvice = '' }: CommandLine, error: unknown): number {
  const isOneOf = (classes: readonly ErrorClass[]) => classes.some((each) => error instanceof each);
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (isOneOf(expected)) {
    console.error(`error: ${messageOf(error)}`);
    return isOneOf(failures) ? 1 : 2;
  }
  if ((error as { code?: unknown }).code === 'BN_OUT_OF_MEMORY') {
    console.error(`error: ${messageOf(error)}${memoryAdvice}`);
    return 1;
  }
  console.error(error);
  return 1;
}
