/** How tensors lie in the texels of a texture: tfjs packs four elements in one, statistics take one each. */

/**
 * A packed texture has one RGBA texel for each 2 by 2 block of the last two axes: red (0, 0), green (0, 1), blue (1, 0),
 * alpha (1, 1). Blocks are numbered by batch, row and column. If rows or columns are odd in number, the lanes beyond them
 * may hold anything in what is read, and are 0 in what is left.
 */
export interface Texels {
  /** Product of all axes before the last two. */
  readonly batches: number;
  readonly rows: number;
  readonly columns: number;
  /** Rows and columns of texels of one batch. */
  readonly texelRows: number;
  readonly texelColumns: number;
}

export function texelsOf(shape: readonly number[]): Texels {
  const [rows = 1, columns = 1] = shape.length < 2 ? [1, shape[0]] : shape.slice(-2);
  const batches = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  return { batches, rows, columns, texelRows: Math.ceil(rows / 2), texelColumns: Math.ceil(columns / 2) };
}

/** Whether the last row or column of texels of each batch is half empty. */
export const isRagged = ({ rows, columns }: Texels): boolean => rows % 2 === 1 || columns % 2 === 1;

/** Whether each row of texels is two rows, whichever batch they are of. */
export const rowsInOrder = ({ batches, rows }: Texels): boolean => batches === 1 || rows % 2 === 0;

/** Sizes as the shaders know them. */
export const geometryOf = ({ rows, columns, texelRows, texelColumns }: Texels) => ({
  rows,
  columns,
  texelRows,
  texelColumns,
});

/** Texels of one channel of one sample, if no other shares them. */
export const unitTexels = ({ rows, columns, texelRows, texelColumns }: Texels, elements: number): number =>
  (elements / (rows * columns)) * texelRows * texelColumns;

/** Rows of texels of one sample, if channels are columns. */
export const sampleLines = ({ rows, texelRows }: Texels, outer: number): number => (outer / rows) * texelRows;

/**
 * Texels in a row of textures that hold one statistic in a texel. For a power of two the shaders need no division; few, so that
 * some thousand statistics have rows for all threads of a software renderer, and millions still fit.
 */
export const STATISTICS_PER_ROW = 512;
