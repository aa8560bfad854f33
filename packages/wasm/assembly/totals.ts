/**
 * dGamma and dBeta of the normalizations per sample, which are sums over samples: each piece (a sample, or a segment of
 * them) leaves its own float64 sums in `totals` as [pieces, 2, channels], and they are added up in order.
 */
import { double, storeDouble, storeFloat } from './coefficients';

/** Where a piece leaves its sums of dy * xhat. */
export function totalsDyXhat(totals: usize, piece: i32, channels: i32): usize {
  return totals + <usize>piece * 2 * 8 * <usize>channels;
}

/** Where a piece leaves its sums of dy. */
export function totalsDy(totals: usize, piece: i32, channels: i32): usize {
  return totalsDyXhat(totals, piece, channels) + 8 * <usize>channels;
}

/** dGamma = sum(dy * xhat), dBeta = sum(dy), for channels `from` to `to` (exclusive). Overwrites the first piece. */
export function addTotals(
  totals: usize,
  dGamma: usize,
  dBeta: usize,
  pieces: i32,
  channels: i32,
  from: i32,
  to: i32,
): void {
  const sumDyXhat = totalsDyXhat(totals, 0, channels);
  const sumDy = totalsDy(totals, 0, channels);
  for (let piece: i32 = 1; piece < pieces; piece++) {
    const dyXhat = totalsDyXhat(totals, piece, channels);
    const dy = totalsDy(totals, piece, channels);
    for (let c = from; c < to; c++) {
      storeDouble(sumDyXhat, c, double(sumDyXhat, c) + double(dyXhat, c));
      storeDouble(sumDy, c, double(sumDy, c) + double(dy, c));
    }
  }
  for (let c = from; c < to; c++) {
    storeFloat(dGamma, c, double(sumDyXhat, c));
    storeFloat(dBeta, c, double(sumDy, c));
  }
}
