/** The benchmark's commands. */
import { backendNames, nodeBackendNames } from '@bn/backends';
import { Argument, Command, InvalidArgumentError, type Option } from 'commander';
import type { Backend } from '../grid/contenders.js';
import type { DocsOptions } from './fileCommands.js';
import { options, quickDefaults, type RunOptions } from './options.js';
import { type Part, parts } from './recordParts.js';
import type { WebOptions } from './webCommand.js';

/** The command line that is printed in results: the same for a run that goes on. */
function commandLine(name: string, parameters: readonly string[]): string {
  const shown = parameters.filter((parameter) => parameter !== '--resume');
  return ['npm run', name, ...(shown.length > 0 ? ['--', ...shown] : [])].join(' ');
}

/** @param parameters what the program will be given, to be printed in results */
export function createProgram(signal: AbortSignal, parameters: readonly string[] = []): Command {
  const program = configure(new Command(process.env.BN_COMMAND ?? 'bench')).description(
    "How many times faster than what people would use instead? Measures @bn, tfjs's own ops and other libraries in one run.",
  );
  addRunCommand(program, parameters, signal);
  addWebCommand(program, parameters, signal);
  addFileCommands(program);
  addDocumentCommands(program, signal);
  return program;
}

function addRunCommand(program: Command, parameters: readonly string[], signal: AbortSignal): void {
  const run = configure(program.command('run', { isDefault: true }));
  run.description('measure in Node, one process for each contender (the default command)');
  const own = [options.torch(), options.node(), options.quick(), options.resume(), options.out()];
  for (const option of [...measuringOptions(nodeBackendNames), ...own]) run.addOption(option);
  run.action(async (given: RunOptions, command: Command) => {
    const { runCommand } = await import('./runCommand.js');
    await runCommand(withQuick(given, command), commandLine('bench', parameters), signal);
  });
}

function addWebCommand(program: Command, parameters: readonly string[], signal: AbortSignal): void {
  const web = configure(program.command('web'));
  web.description('open the page that measures in your browser; its form starts with the given options');
  // What is not said is left to the page.
  const filled = measuringOptions(backendNames).map((option) => option.default(undefined));
  const own = [options.headless(), options.port(), options.open(), options.resume(), options.out()];
  for (const option of [...filled, ...own]) web.addOption(option);
  web.action(async (given: WebOptions) => {
    const { webCommand } = await import('./webCommand.js');
    await webCommand(given, commandLine('bench:web', parameters.slice(1)), signal);
  });
}

/** What a run is made of, in Node and on the page. */
const measuringOptions = (backends: readonly Backend[]): Option[] => [
  options.operations(),
  options.shapes(),
  options.phases(),
  options.dataFormats(),
  options.backends(backends),
  options.threads(),
  options.peers(),
  options.rounds(),
  options.largeRounds(),
  options.processes(),
  options.budget(),
  options.longestRun(),
];

function addFileCommands(program: Command): void {
  const files = () => import('./fileCommands.js');
  configure(program.command('compare <before> <after>'))
    .description('show what changed from one result to another, and whether it is more than noise')
    .action(async (before: string, after: string) => (await files()).compareCommand(before, after));
  configure(program.command('report <result>'))
    .description('write the HTML report of a result')
    .option('--out <file>', 'the file to write (default: next to the result)')
    .action(async (path: string, given: { out?: string }) => (await files()).reportCommand(path, given));
  configure(program.command('docs <result>'))
    .description('write a Markdown page with plots and the raw result')
    .option('--out <folder>', 'the folder to write into', 'docs')
    .option('--name <name>', 'name of the page, and of the folder for its plots', pageName, 'benchmarks')
    .action(async (path: string, given: DocsOptions) => (await files()).docsCommand(path, given));
}

function addDocumentCommands(program: Command, signal: AbortSignal): void {
  configure(program.command('record'))
    .description(
      'measure what the documents show: less than 12 minutes on a quiet machine; resumes an interrupted record',
    )
    .addArgument(new Argument('[parts...]', 'of the record').choices(parts).default(parts))
    .addOption(options.folder())
    .action(async (asked: Part[], { out }: { out: string }) => {
      const run = (line: readonly string[]) => createProgram(signal, line).parseAsync(line, { from: 'user' });
      await (await import('./record.js')).recordCommand(asked, out, run, signal);
    });
  configure(program.command('publish'))
    .description('write what was recorded into docs, and its figures into every README')
    .addOption(options.folder())
    .action(async ({ out }: { out: string }) => (await import('./record.js')).publishCommand(out));
}

/** The folder of this name is emptied: it must be one of its own. */
function pageName(text: string): string {
  if (/^[\w-]+$/.test(text)) return text;
  throw new InvalidArgumentError('Letters, digits and - only, as it names a file and a folder.');
}

/** What was not said on the command line comes from the quick defaults, if these are asked for. */
function withQuick(given: RunOptions, command: Command): RunOptions {
  if (!given.quick) return given;
  const said = Object.keys(given).filter((name) => command.getOptionValueSource(name) === 'cli');
  return {
    ...given,
    ...quickDefaults,
    ...Object.fromEntries(Object.entries(given).filter(([name]) => said.includes(name))),
  };
}

/** Errors are thrown, not exits, and point to the help. */
const configure = (command: Command): Command =>
  command.exitOverride().showHelpAfterError('--help explains every option.').allowExcessArguments(false);
