/** How units are split in pieces, so that there are fragments enough to keep a GPU busy. */
import type { SumLayout } from './sumLayout.js';

/** Fragments that keep a GPU busy; units are split where there are fewer. */
const FRAGMENTS = 2048;
/** Texels in a piece, at least: what a fragment costs besides must stay small. A multiple of the block of glsl/walk.ts. */
const PIECE_TEXELS = 32;

export interface Pieces {
  /** Pieces of a pair of units, and texels of each but the last. */
  readonly splits: number;
  readonly splitTexels: number;
  /** Pieces of all pairs. */
  readonly count: number;
}

export function piecesOf({ pairs, length }: SumLayout): Pieces {
  const wanted = Math.ceil(FRAGMENTS / pairs);
  const perPiece = Math.max(Math.ceil(length / wanted), PIECE_TEXELS);
  const splitTexels = Math.min(Math.ceil(perPiece / 8) * 8, length);
  const splits = Math.ceil(length / splitTexels);
  return { splits, splitTexels, count: pairs * splits };
}
