/** The command line of `npm run referee`. */
import { Argument, Command } from 'commander';
import { type WayName, ways } from './contenders/list.js';

export interface Options {
  /** The ways to normalize that are asked; all if there are none. */
  readonly ways?: readonly WayName[];
}

const help = `
What the contenders need:
  Node      those on cpu and wasm: nothing else
  Chromium  those on webgl and webgpu, in headless Chromium, which renders in software. It is looked for in BN_CHROMIUM or
            CHROME_PATH, then in the system, then where Playwright downloads it; node tooling/browser.mjs installs one
  Python    PyTorch: PYTHON, or the first python3 that has it
If one is missing, the command says so, and docs/referee.md says "not run" for its contenders, and why.`;

/** Ends the process for --help, and after a word about parameters that it does not know. */
export function readOptions(parameters: readonly string[]): Options {
  const command = new Command(process.env.BN_COMMAND ?? 'referee')
    .description(
      'Puts the golden data of @bn/conformance to everything that people may use to normalize, and writes docs/referee.md. ' +
        'All contenders take about five minutes on two cores.',
    )
    .addArgument(
      new Argument('[ways...]', 'ask only these, print their tables, and write nothing').choices(
        Object.keys(ways),
      ),
    )
    .addHelpText('after', help)
    .showHelpAfterError('--help explains every way.')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .parse(parameters, { from: 'user' });
  const named = command.args as WayName[];
  return named.length > 0 ? { ways: named } : {};
}
