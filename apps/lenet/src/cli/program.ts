/** The commands and their help. What a command needs is loaded when it runs: help and errors need no tfjs. */
import { Command } from 'commander';
import { OptionError } from '../errors.js';
import { settingNames } from '../training/settings.js';
import type { CompareCommandOptions } from './compareCommand.js';
import { compareOptions } from './compareOptions.js';
import type { EvalCommandOptions } from './evalCommand.js';
import type { ExportCommandOptions } from './exportCommand.js';
import { options } from './options.js';
import type { PredictCommandOptions } from './predictCommand.js';
import type { TrainCommandOptions } from './trainCommand.js';

/** Builds the parser; commands stop at `signal`. */
export function createProgram(signal: AbortSignal): Command {
  const program = configure(new Command('lenet'))
    .description(
      'Trains, compares and uses LeNet with normalization layers on Fashion-MNIST, on TensorFlow.js.',
    )
    .helpCommand(false);
  const train = addSettings(configure(program.command('train', { isDefault: true })))
    .description(
      'Train a network, or go on with one: --resume. Writes config.json, metrics.jsonl, curves.svg and, every so many ' +
        "steps, checkpoint.safetensors into the run's folder. Ctrl-C loses nothing.",
    )
    .addOption(options.norm())
    .addOption(options.placement())
    .addOption(options.backend())
    .addOption(options.threads())
    .addOption(options.dataset())
    .addOption(options.datasetUrl())
    .addOption(options.out())
    .addOption(options.runName())
    .addOption(options.checkpointEvery())
    .addOption(options.resume())
    .addOption(options.quiet())
    .action(async (values: TrainCommandOptions, command: Command) => {
      refuseArguments(command.args);
      const { trainCommand } = await import('./trainCommand.js');
      return trainCommand(values, givenOptions(command), signal);
    });
  configure(program.command('eval'))
    .description('Measure a checkpoint on the test images.')
    .addOption(options.checkpoint())
    .addOption(options.expectedNorm())
    .addOption(options.evalBatchSize())
    .addOption(options.backend())
    .addOption(options.threads())
    .addOption(options.dataset())
    .addOption(options.datasetUrl())
    .addOption(options.quiet())
    .action(async (given: EvalCommandOptions, { args }: Command) => {
      refuseArguments(args);
      const { evalCommand } = await import('./evalCommand.js');
      return evalCommand(given, signal);
    });
  configure(program.command('compare'))
    .description(
      'Train every combination of the given norms, placements, batch sizes, learning rates and seeds, in processes side ' +
        'by side, and compare them. Writes results.csv, epochs.csv, summary.md, comparison.svg and the folder of each ' +
        'run. Started again, it goes on where it was stopped.',
    )
    .addOption(compareOptions.norms())
    .addOption(compareOptions.placements())
    .addOption(compareOptions.batchSizes())
    .addOption(compareOptions.learningRates())
    .addOption(compareOptions.scaleLearningRate())
    .addOption(compareOptions.seeds())
    .addOption(options.setting('epochs'))
    .addOption(compareOptions.jobs())
    .addOption(options.backend())
    .addOption(options.threads())
    .addOption(options.dataset())
    .addOption(options.datasetUrl())
    .addOption(options.out())
    .addOption(compareOptions.runName())
    .addOption(options.quiet())
    .action(async (given: CompareCommandOptions, { args }: Command) => {
      refuseArguments(args);
      const { compareCommand } = await import('./compareCommand.js');
      await compareCommand(given, signal);
    });
  configure(program.command('predict'))
    .description('Say what is on pictures: PNG files of 28x28 pixels.')
    .argument('<image...>', 'the pictures')
    .addOption(options.checkpoint())
    .addOption(options.top())
    .addOption(options.invert())
    .addOption(options.backend())
    .action(async (images: string[], given: PredictCommandOptions) => {
      const { predictCommand } = await import('./predictCommand.js');
      return predictCommand(images, given);
    });
  configure(program.command('export'))
    .description('Write a trained network for others: PyTorch, onnxruntime.')
    .addOption(options.checkpoint())
    .addOption(options.format())
    .addOption(options.output())
    .action(async (given: ExportCommandOptions, { args }: Command) => {
      refuseArguments(args);
      const { exportCommand } = await import('./exportCommand.js');
      return exportCommand(given);
    });
  return program.addHelpText(
    'after',
    () => `\nThe command without a name is train:\n\n${train.helpInformation()}`,
  );
}

/** The names of the options that stood on the command line. */
const givenOptions = (command: Command): ReadonlySet<string> =>
  new Set(Object.keys(command.opts()).filter((name) => command.getOptionValueSource(name) === 'cli'));

function addSettings(command: Command): Command {
  for (const name of settingNames) command.addOption(options.setting(name));
  return command;
}

/** Errors are thrown, not exits, and point to the help. */
const configure = (command: Command): Command =>
  command.exitOverride().showHelpAfterError('--help explains every option.').allowExcessArguments();

function refuseArguments([argument]: readonly string[]): void {
  if (argument !== undefined) {
    throw new OptionError(
      `unexpected '${argument}': expected train, eval, compare, predict or export, then options only; --help explains them`,
    );
  }
}
