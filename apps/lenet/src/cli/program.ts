/** The commands and their help. What a command needs is loaded when it runs: help and errors need no tfjs. */
import { Command } from 'commander';
import { OptionError } from '../errors.js';
import type { EvalCommandOptions } from './eval-command.js';
import { options } from './options.js';
import type { TrainCommandOptions } from './train-command.js';

/** Builds the parser; commands stop at `signal`. */
export function createProgram(signal: AbortSignal): Command {
  const program = configure(new Command('lenet'))
    .description('Trains and evaluates LeNet with normalization layers on Fashion-MNIST, on TensorFlow.js.')
    .helpCommand(false);
  const train = configure(program.command('train', { isDefault: true }))
    .description(
      'Train a network. Writes config.json, metrics.jsonl, curves.svg and, after each epoch, ' +
        "checkpoint.safetensors into the run's folder. Ctrl-C keeps the last complete checkpoint.",
    )
    .addOption(options.epochs())
    .addOption(options.batchSize())
    .addOption(options.learningRate())
    .addOption(options.norm())
    .addOption(options.seed())
    .addOption(options.backend())
    .addOption(options.dataset())
    .addOption(options.datasetUrl())
    .addOption(options.out())
    .addOption(options.runName())
    .addOption(options.quiet())
    .action(async (given: TrainCommandOptions, { args }: Command) => {
      refuseArguments(args);
      const { trainCommand } = await import('./train-command.js');
      return trainCommand(given, signal);
    });
  configure(program.command('eval'))
    .description('Measure a checkpoint on the test images.')
    .addOption(options.checkpoint())
    .addOption(options.expectedNorm())
    .addOption(options.evalBatchSize())
    .addOption(options.backend())
    .addOption(options.dataset())
    .addOption(options.datasetUrl())
    .addOption(options.quiet())
    .action(async (given: EvalCommandOptions, { args }: Command) => {
      refuseArguments(args);
      const { evalCommand } = await import('./eval-command.js');
      return evalCommand(given, signal);
    });
  return program.addHelpText(
    'after',
    () => `\nThe command without a name is train:\n\n${train.helpInformation()}`,
  );
}

/** Errors are thrown, not exits, and point to the help. */
const configure = (command: Command): Command =>
  command.exitOverride().showHelpAfterError('--help explains every option.').allowExcessArguments();

function refuseArguments([argument]: readonly string[]): void {
  if (argument !== undefined) {
    throw new OptionError(
      `unexpected '${argument}': expected train or eval, then options only; --help explains them`,
    );
  }
}
