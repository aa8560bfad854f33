/** Formulas: a fence of the language `math` holds TeX, which becomes MathML. GitHub shows such fences in the same way. */
import temml from 'temml';

/** @param parser The markdown-it parser of TypeDoc. */
export function typesetFormulas(parser) {
  const fence = parser.renderer.rules.fence;
  parser.renderer.rules.fence = (tokens, index, ...others) => {
    const { info, content } = tokens[index];
    if (info.trim() !== 'math') return fence(tokens, index, ...others);
    const formula = temml.renderToString(content, { displayMode: true, throwOnError: true });
    return `<div class="formula">${formula}</div>`;
  };
}
