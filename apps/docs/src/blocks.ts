/** The code blocks of a page, fenced or indented, and of the docstrings' examples. */
import MarkdownIt from 'markdown-it';

export interface Block {
  readonly page: string;
  /** From 1. */
  readonly line: number;
  /** What the fence says; an indented block's is told from its first word. */
  readonly language: string;
  readonly code: string;
}

/** What begins a line that a terminal would take. */
const commands = /^(npm|npx|node|pnpm|python3|cd|git)\s/;

export function blocksOf(page: string, markdown: string): Block[] {
  const blocks = new MarkdownIt()
    .parse(markdown, {})
    .filter(({ type }) => type === 'fence' || type === 'code_block')
    .map(({ type, info, content, map }) => ({
      page,
      line: map![0] + 1,
      language: type === 'fence' ? (info.split(' ')[0] ?? '') : indentedLanguage(content),
      code: content,
    }));
  return continued(blocks);
}

const isScript = ({ language }: Block): boolean => language === 'js' || language === 'ts';

/** A script without imports goes on where the one before it ended. */
function continued(blocks: readonly Block[]): Block[] {
  let before: Block | undefined;
  return blocks.map((block) => {
    if (!isScript(block)) return block;
    const goesOn = before && !/^import\s/m.test(block.code);
    before = goesOn ? { ...block, code: `${before!.code}\n${block.code}` } : block;
    return before;
  });
}

function indentedLanguage(code: string): string {
  if (commands.test(code)) return 'sh';
  return /^import\s/.test(code) ? 'js' : 'text';
}

/** What stands behind `// ` or `# ` on the lines that print. */
export const announced = (code: string): string[] =>
  [...code.matchAll(/^\s*(?:.*\bconsole\.log|print)\(.*\)\)?;? {1,2}(?:\/\/|#) (.*)$/gm)].map(
    ([, text]) => text!,
  );
