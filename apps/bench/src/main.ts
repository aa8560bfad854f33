#!/usr/bin/env node
/** The benchmark's command line. Exit codes: 0 done, 1 a failure, 2 something that was asked for cannot be, 130 Ctrl-C. */
import { CommanderError } from 'commander';
import { UsageError } from './errors.js';
import { createProgram } from './node/program.js';

const signalExitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

process.exitCode = await main(process.argv.slice(2));

async function main(parameters: string[]): Promise<number> {
  const controller = new AbortController();
  let interrupted = 0;
  for (const [signal, exitCode] of Object.entries(signalExitCodes)) {
    // What has been measured is still written and shown.
    process.on(signal, () => {
      interrupted = exitCode;
      controller.abort();
    });
  }
  try {
    await createProgram(controller.signal, parameters).parseAsync(parameters, { from: 'user' });
    return interrupted;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof UsageError) {
      console.error(`error: ${error.message}`);
      return 2;
    }
    console.error(error);
    return 1;
  }
}
