/** The commands and their help. What a command needs is loaded when it runs: help and errors need no tfjs. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { OptionError } from '../errors.js';
import { typedCommand } from '../run/typedCommand.js';
import { settingNames } from '../training/settings.js';
import type { CompareCommandOptions } from './compareOptions.js';
import { compareOptions } from './compareOptions.js';
import type { EvalCommandOptions } from './evalCommand.js';
import type { ExportCommandOptions } from './exportCommand.js';
import { examples, markRequired, withExamples } from './help.js';
import { options } from './options.js';
import type { PredictCommandOptions } from './predictCommand.js';
import type { TrainCommandOptions } from './trainCommand.js';

/** Of the run that the first example makes. */
const checkpoint = '--checkpoint runs/first/checkpoint.safetensors';
const trainExamples = [
  '--epochs 2 --run-name first',
  'train --norm none --seed 3',
  'train --resume runs/first --epochs 4',
  '--processes 2',
];

/** Builds the parser; commands stop at `signal`. */
export function createProgram(signal: AbortSignal): Command {
  const program = configure(new Command(typedCommand()))
    .version(versionOf(), '--version', "print the trainer's version")
    .description(
      'Trains, compares and uses LeNet with normalization layers on Fashion-MNIST, on TensorFlow.js.',
    )
    .helpCommand(false);
  const train = withExamples(
    addSettings(configure(program.command('train', { isDefault: true }))),
    ...trainExamples,
  )
    .description(
      'Train a network, or resume a run (--resume). Writes config.json, metrics.jsonl, curves.svg and, every so many ' +
        "steps, checkpoint.safetensors into the run's folder. Ctrl-C loses nothing.",
    )
    .addOption(options.norm())
    .addOption(options.placement())
    .addOption(options.backend())
    .addOption(options.threads())
    .addOption(options.processes())
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
  withExamples(configure(program.command('eval')), `eval ${checkpoint} --dataset mini`)
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
      const [{ evalCommand }, { inOneProcess }] = await Promise.all([
        import('./evalCommand.js'),
        processes(),
      ]);
      return inOneProcess('eval', () => evalCommand(given, signal));
    });
  withExamples(
    configure(program.command('compare')),
    'compare --norms batch,none --seeds 0,1,2 --epochs 3',
    'compare --dataset mini --batch-sizes 4,64,256 --scale-learning-rate',
  )
    .description(
      'Train every combination of the given norms, placements, batch sizes, learning rates and seeds, in processes side ' +
        'by side, and compare them. Writes results.csv, epochs.csv, summary.md, comparison.svg and the folder of each ' +
        'run. Run the same command again to resume an interrupted comparison.',
    )
    .addOption(compareOptions.norms())
    .addOption(compareOptions.placements())
    .addOption(compareOptions.batchSizes())
    .addOption(compareOptions.learningRates())
    .addOption(compareOptions.scaleLearningRate())
    .addOption(compareOptions.seeds())
    .addOption(options.setting('epochs'))
    .addOption(compareOptions.jobs())
    .addOption(options.processes())
    .addOption(options.backend())
    .addOption(options.threads())
    .addOption(options.dataset())
    .addOption(options.datasetUrl())
    .addOption(options.out())
    .addOption(compareOptions.runName())
    .addOption(options.quiet())
    .action(async (values: CompareCommandOptions, command: Command) => {
      refuseArguments(command.args);
      const { compareCommand } = await import('./compareCommand.js');
      return compareCommand(values, givenOptions(command), signal);
    });
  withExamples(
    configure(program.command('predict')),
    `predict ${checkpoint} --top 3 apps/lenet/data/pictures/*.png`,
  )
    .description('Classify images: PNG files of 28x28 pixels.')
    .argument('<image...>', 'the images')
    .addOption(options.checkpoint())
    .addOption(options.top())
    .addOption(options.invert())
    .addOption(options.backend())
    .action(async (images: string[], given: PredictCommandOptions) => {
      const [{ predictCommand }, { inOneProcess }] = await Promise.all([
        import('./predictCommand.js'),
        processes(),
      ]);
      return inOneProcess('predict', () => predictCommand(images, given));
    });
  withExamples(configure(program.command('export')), `export ${checkpoint} --format onnx --output lenet.onnx`)
    .description('Export a trained network for PyTorch or onnxruntime.')
    .addOption(options.checkpoint())
    .addOption(options.format())
    .addOption(options.output())
    .action(async (given: ExportCommandOptions, { args }: Command) => {
      refuseArguments(args);
      const [{ exportCommand }, { inOneProcess }] = await Promise.all([
        import('./exportCommand.js'),
        processes(),
      ]);
      return inOneProcess('export', () => exportCommand(given));
    });
  return program.addHelpText(
    'after',
    () =>
      `\nThe command without a name is train:\n\n${train.helpInformation()}\n${examples(...trainExamples, `eval ${checkpoint}`)}`,
  );
}

/** How a command is kept to one process. */
const processes = () => import('../run/processes.js');

/** The names of the options that stood on the command line. */
const givenOptions = (command: Command): ReadonlySet<string> =>
  new Set(Object.keys(command.opts()).filter((name) => command.getOptionValueSource(name) === 'cli'));

function addSettings(command: Command): Command {
  for (const name of settingNames) command.addOption(options.setting(name));
  return command;
}

function versionOf(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

/** Errors are thrown, not exits, and point to the help. */
const configure = (command: Command): Command =>
  markRequired(command)
    .exitOverride()
    .showHelpAfterError('--help explains every option.')
    .allowExcessArguments();

function refuseArguments([argument]: readonly string[]): void {
  if (argument !== undefined) {
    throw new OptionError(
      `unexpected '${argument}': expected train, eval, compare, predict or export, then options only; --help explains them`,
    );
  }
}
