/** Reads the equations of tf.einsum, in the notation of NumPy and PyTorch. */
import { ShapeError } from '../shapeError.js';

/** The axes of a tensor, by name: letters, and `.0`, `.1`, ... from the right for those of an ellipsis. */
export type Labels = readonly string[];

export interface Equation {
  readonly operands: readonly Labels[];
  readonly output: Labels;
  /** Of every label. Axes of size 1 are stretched to it. */
  readonly sizes: ReadonlyMap<string, number>;
}

const ELLIPSIS = '...';

/**
 * @param equation Such as `bij,bjk->bik`; `...` stands for any axes, which are broadcast; a label twice in one operand takes the
 * diagonal. Without `->` the output has the ellipsis, and then each label that occurs once, in alphabetical order.
 * @throws ShapeError
 */
export function parseEquation(equation: string, shapes: readonly (readonly number[])[]): Equation {
  const [left, right, ...more] = equation.replace(/\s/g, '').split('->');
  const terms = left!.split(',');
  if (more.length > 0) throw new ShapeError(`einsum: "${equation}" has more than one "->"`);
  if (terms.length !== shapes.length) {
    throw new ShapeError(`einsum: "${equation}" is for ${terms.length} tensors, got ${shapes.length}`);
  }
  const operands = terms.map((term, i) => labelsOf(equation, term, shapes[i]!));
  const sizes = sizesOf(equation, operands, shapes);
  const ellipsis = [...sizes.keys()].filter((label) => label.startsWith('.')).sort(byDescendingAxis);
  const output =
    right === undefined
      ? implicitOutput(operands, ellipsis)
      : explicitOutput(equation, right, sizes, ellipsis);
  return { operands, output, sizes };
}

function byDescendingAxis(a: string, b: string): number {
  return Number(b.slice(1)) - Number(a.slice(1));
}

/** The letters of a term, and undefined for its ellipsis. */
function lettersOf(equation: string, term: string): (string | undefined)[] {
  const parts = term.split(ELLIPSIS);
  if (parts.length > 2 || !/^[A-Za-z]*$/.test(parts.join(''))) {
    throw new ShapeError(`einsum: "${term}" in "${equation}" is not made of letters and at most one "..."`);
  }
  return parts.flatMap((part, i) => (i === 0 ? [...part] : [undefined, ...part]));
}

function labelsOf(equation: string, term: string, shape: readonly number[]): string[] {
  const letters = lettersOf(equation, term);
  const hasEllipsis = letters.includes(undefined);
  const rest = shape.length - letters.length + Number(hasEllipsis);
  if (hasEllipsis ? rest < 0 : rest !== 0) {
    throw new ShapeError(
      `einsum: "${term}" in "${equation}" does not fit a tensor of shape [${shape.join(', ')}]`,
    );
  }
  const ellipsis = Array.from({ length: rest }, (_, i) => `.${rest - 1 - i}`);
  return letters.flatMap((letter) => letter ?? ellipsis);
}

function sizesOf(
  equation: string,
  operands: readonly Labels[],
  shapes: readonly (readonly number[])[],
): Map<string, number> {
  const sizes = new Map<string, number>();
  operands.forEach((labels, operand) => {
    labels.forEach((label, axis) => {
      const size = shapes[operand]![axis]!;
      const known = sizes.get(label) ?? 1;
      if (size !== known && size !== 1 && known !== 1) {
        throw new ShapeError(
          `einsum: "${label}" in "${equation}" has the sizes ${known} and ${size} in tensors of shape ` +
            shapes.map((shape) => `[${shape.join(', ')}]`).join(' and '),
        );
      }
      sizes.set(label, size === 1 ? known : size);
    });
  });
  return sizes;
}

function implicitOutput(operands: readonly Labels[], ellipsis: Labels): string[] {
  const all = operands.flat();
  const once = all.filter((label) => !label.startsWith('.') && all.indexOf(label) === all.lastIndexOf(label));
  return [...ellipsis, ...once.sort()];
}

function explicitOutput(
  equation: string,
  right: string,
  sizes: ReadonlyMap<string, number>,
  ellipsis: Labels,
): string[] {
  const output = lettersOf(equation, right).flatMap((letter) => letter ?? ellipsis);
  for (const label of output) {
    if (!sizes.has(label))
      throw new ShapeError(`einsum: "${label}" of the output of "${equation}" is in no input`);
  }
  if (new Set(output).size < output.length) {
    throw new ShapeError(`einsum: the output of "${equation}" names an axis twice`);
  }
  return output;
}
