/** GLSL that walks the texels of a pair of units. */
import type { Walk } from '../layouts/sumLayout.js';

/** Texels that are summed in registers before they join the rest. */
const BLOCK = 8;

/**
 * The first texel of a pair, how far it is from one to the next, and which lanes of the i-th count. Rows are walked along a
 * group of columns, which may begin within a texel.
 */
export const steps = (walk: Walk): string => `
uniform int pairTexels;
${stepsOf[walk]}
`;

const stepsOf: Record<Walk, string> = {
  planes: `
#define TEXEL_STRIDE 1
int startOf(int pair) { return pair * pairTexels; }
int firstColumnOf(int pair) { return 0; }
bvec4 counts(int firstColumn, int i) {
  int line = i / texelColumns;
  bool right = 2 * (i - line * texelColumns) + 1 < columns;
  bool below = 2 * (line % texelRows) + 1 < rows;
  return bvec4(true, right, below, right && below);
}
`,
  rows: `
#define TEXEL_STRIDE 1
uniform int groupColumns;
int firstColumnOf(int pair) { return (pair % pairGroups) * groupColumns; }
int startOf(int pair) { return (pair / pairGroups) * texelColumns + firstColumnOf(pair) / 2; }
bvec4 counts(int firstColumn, int i) {
  int column = 2 * (firstColumn / 2 + i);
  return bvec2(column >= firstColumn, column + 1 < firstColumn + groupColumns).xyxy;
}
`,
  columns: `
#define TEXEL_STRIDE texelColumns
int startOf(int pair) {
  int batch = pair / texelColumns;
  return batch * pairTexels * texelColumns + pair - batch * texelColumns;
}
int firstColumnOf(int pair) { return 2 * (pair % texelColumns); }
bvec4 counts(int firstColumn, int i) { return bvec2(true, 2 * (i % texelRows) + 1 < rows).xxyy; }
`,
};

/**
 * A texel as two vectors of two, each of which has an element of both units of a pair; and two values, one for each unit, as
 * a texel. The texels of planes, which are of one unit, are walked as those of columns.
 */
export const lanes: Record<Walk, string> = {
  planes: `
#define FIRST(texel) (texel).xy
#define SECOND(texel) (texel).zw
#define SPREAD(two) (two).xyxy
`,
  rows: `
#define FIRST(texel) (texel).xz
#define SECOND(texel) (texel).yw
#define SPREAD(two) (two).xxyy
`,
  columns: `
#define FIRST(texel) (texel).xy
#define SECOND(texel) (texel).zw
#define SPREAD(two) (two).xyxy
`,
};

/**
 * The pair, and the part of its texels, of a fragment. Neighbouring fragments have neighbouring pairs: where those are columns
 * they read the same lines of the cache.
 */
export const piece = `
uniform int pairCount;
uniform int splitTexels;
ivec3 pieceOf(int fragment) {
  int split = fragment / pairCount;
  int first = split * splitTexels;
  return ivec3(fragment - split * pairCount, first, min(first + splitTexels, pairTexels));
}
`;

/**
 * Loops over the texels of ivec3 piece: `block(k)` is GLSL for k texels, the first of which is the i-th of the pair, and
 * advances the cursors itself.
 */
export const walkPiece = (block: (count: number) => string): string => `
  int i = piece.y;
  for (; i + ${BLOCK} <= piece.z; i += ${BLOCK}) {${block(BLOCK)}}
  for (; i < piece.z; i++) {${block(1)}}
`;

/** GLSL repeated for k = 0 .. count - 1. */
export const repeat = (count: number, glsl: (k: number) => string): string =>
  Array.from({ length: count }, (_, k) => glsl(k)).join('');

/** Sum of value(0) .. value(count - 1), taken in pairs: each is rounded log2(count) times. */
export function pairwise(count: number, value: (k: number) => string, first = 0): string {
  if (count === 1) return value(first);
  const half = count / 2;
  return `(${pairwise(half, value, first)} + ${pairwise(half, value, first + half)})`;
}
