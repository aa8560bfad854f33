/** The command line: each value is checked once, and its error says what was got and what was wanted. */
import { nodeBackendNames } from '@bn/backends';
import { parsers } from '@bn/lenet/node';
import { Command, Option } from 'commander';
import { StudyOptionError } from '../errors.js';
import { experimentIds } from '../experiments/index.js';
import { maximumSeeds } from '../study.js';

export interface CommandOptions {
  readonly quick: boolean;
  readonly only?: readonly string[];
  readonly dataset: string;
  readonly backend: (typeof nodeBackendNames)[number];
  readonly threads: number | 'auto';
  readonly seeds?: number;
  readonly out?: string;
  readonly resume: boolean;
  readonly quiet: boolean;
}

/** @param run what the command does */
export function createProgram(run: (options: CommandOptions) => Promise<void>): Command {
  return new Command(process.env.BN_COMMAND ?? 'study')
    .description(
      'Why does batch norm work? The experiments of the papers, with verdicts. Writes CSV, SVG, results.json and report.html.',
    )
    .addOption(new Option('--quick', 'one seed and short runs: a few minutes').default(false))
    .addOption(
      new Option('--only <ids>', `some of ${experimentIds.join(', ')}; separated by commas`).argParser(
        parsers.list(parsers.oneOf(experimentIds)),
      ),
    )
    .addOption(
      new Option(
        '--dataset <name|folder>',
        'fashion-mnist: the subset of 6,000 + 1,000 images that comes with the trainer; cifar10: downloaded (170 MB) into your ' +
          'cache folder unless it is there; or a folder with the files of one of the two under their official names',
      )
        .argParser(parsers.path)
        .default('fashion-mnist'),
    )
    .addOption(
      new Option('--backend <name>', 'where tensors live').choices([...nodeBackendNames]).default('wasm'),
    )
    .addOption(
      new Option('--threads <n|auto>', 'threads that compute on wasm; any number gives the same result')
        .argParser(parsers.threads)
        .default(1),
    )
    .addOption(
      new Option(
        '--seeds <n>',
        'how often each experiment is run, each time from other weights (default: 3, with --quick 1)',
      ).argParser(parsers.wholeNumber(1, maximumSeeds)),
    )
    .addOption(
      new Option(
        '--out <folder>',
        "the study's folder; must be new (default: runs/study- and the time)",
      ).argParser(parsers.path),
    )
    .addOption(
      new Option('--resume', 'resume the study in --out; finished experiments are kept').default(false),
    )
    .addOption(new Option('--quiet', 'print only the verdicts').default(false))
    .exitOverride()
    .showHelpAfterError('--help explains every option.')
    .allowExcessArguments()
    .action(async (options: CommandOptions, { args }: Command) => {
      if (args[0] !== undefined) {
        throw new StudyOptionError(
          `unexpected '${args[0]}': the study takes options only; --help explains them`,
        );
      }
      if (options.resume && options.out === undefined) {
        throw new StudyOptionError('--resume needs --out: the folder of the study to resume');
      }
      await run(options);
    });
}
