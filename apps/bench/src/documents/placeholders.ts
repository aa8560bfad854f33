/**
 * Figures in documents: what stands between `<!-- bench NAME -->` and `<!-- /bench -->` comes from a result, so that every
 * document shows the figures of one run.
 */
import { UsageError } from '../errors.js';

const placeholder = /<!-- bench ([^>]*?) -->([\s\S]*?)<!-- \/bench -->/g;

export const hasPlaceholders = (text: string): boolean => text.search(placeholder) >= 0;

/**
 * The text with the figures of `figureOf`: in its line, or in lines of its own if what was there began with one.
 *
 * @param where names the document in errors
 * @throws UsageError for a name that there is no figure for
 */
export function filled(text: string, figureOf: (name: string) => string | undefined, where: string): string {
  return text.replace(placeholder, (_whole, name: string, before: string) => {
    const figure = figureOf(name);
    if (figure === undefined)
      throw new UsageError(`${where} asks for '${name}', which is not a figure of the benchmark`);
    return `<!-- bench ${name} -->${before.startsWith('\n') ? `\n\n${figure}\n\n` : figure}<!-- /bench -->`;
  });
}
