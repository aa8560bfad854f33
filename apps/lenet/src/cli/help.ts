/** What the commands' helps have in common: they show what a user can type. */
import { type Command, Help, type Option } from 'commander';
import { typedCommand } from '../run/typedCommand.js';

/** Marks options that a command cannot do without, in its list of options and in its usage. */
export const markRequired = (command: Command): Command =>
  command.configureHelp({
    optionDescription(option: Option) {
      const description = Help.prototype.optionDescription.call(this, option);
      return option.mandatory ? `${description} (required)` : description;
    },
    commandUsage(shown: Command) {
      const required = shown.options.filter(({ mandatory }) => mandatory).map(({ flags }) => ` ${flags}`);
      return Help.prototype.commandUsage
        .call(this, shown)
        .replace(' [options]', `${required.join('')} [options]`);
    },
  });

/** Ends a command's help with command lines that do something. */
export const withExamples = (command: Command, ...parameters: readonly string[]): Command =>
  command.addHelpText('after', () => `\n${examples(...parameters)}`);

export const examples = (...parameters: readonly string[]): string =>
  ['Examples:', ...parameters.map((each) => `  ${typedCommand()} ${each}`)].join('\n');
