/** How units are split in pieces, so that there are fragments enough to keep a GPU busy, and how those are laid out. */
import type { SumLayout } from './sumLayout.js';

/** Fragments that keep a GPU busy; units are split if there are fewer. */
const FRAGMENTS = 2048;
/** Texels in a piece, at least: what a fragment costs besides must stay small. A multiple of the block of glsl/walk.ts. */
const PIECE_TEXELS = 32;
/** Rows of fragments that keep all threads of a software renderer busy. */
const ROWS = 16;
/** Every WebGL 2 device has textures this wide. */
const WIDEST = 2048;

export interface Pieces {
  /** Pieces of a pair of units, and texels of each but the last. */
  readonly splits: number;
  readonly splitTexels: number;
  /** Pieces of all pairs, and how many of them are in a row of texels. */
  readonly count: number;
  readonly width: number;
}

export function piecesOf({ pairs, length, variant }: SumLayout): Pieces {
  const columns = variant.walk === 'columns';
  const wanted = Math.max(Math.ceil(FRAGMENTS / pairs), columns ? ROWS : 1);
  const perPiece = Math.max(Math.ceil(length / wanted), PIECE_TEXELS);
  const splitTexels = Math.min(Math.ceil(perPiece / 8) * 8, length);
  const splits = Math.ceil(length / splitTexels);
  const count = pairs * splits;
  // Columns that are neighbours share the lines of a cache: walked side by side, these are read once.
  const width = columns && pairs <= WIDEST ? pairs : Math.ceil(Math.sqrt(count));
  return { splits, splitTexels, count, width };
}
