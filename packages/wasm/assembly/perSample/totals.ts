/**
 * dGamma and dBeta of the normalizations per sample, which are sums over samples: each piece (a sample, or a segment of
 * them) leaves its own float64 sums in the shared scratch space as [pieces, 2, channels], and they are added up in order.
 */
import { Call } from '../call';
import { double, storeDouble, storeFloat } from '../loops/numbers';
import { DOUBLE } from '../loops/vector';

/** Where a piece leaves its sums of dy * xhat. */
export function totalsDyXhat(call: Call, piece: i32): usize {
  return call.shared + <usize>piece * 2 * DOUBLE * <usize>call.channels;
}

/** Where a piece leaves its sums of dy. */
export function totalsDy(call: Call, piece: i32): usize {
  return totalsDyXhat(call, piece) + DOUBLE * <usize>call.channels;
}

export function perSampleTotalsBytes(pieces: i32, channels: i32): usize {
  return 2 * DOUBLE * <usize>pieces * <usize>channels;
}

/** dGamma = sum(dy * xhat), dBeta = sum(dy), for channels `from` to `to` (exclusive). Overwrites the first piece. */
export function addTotals(call: Call, pieces: i32, from: i32, to: i32): void {
  const sumDyXhat = totalsDyXhat(call, 0);
  const sumDy = totalsDy(call, 0);
  for (let piece: i32 = 1; piece < pieces; piece++) {
    const dyXhat = totalsDyXhat(call, piece);
    const dy = totalsDy(call, piece);
    for (let c = from; c < to; c++) {
      storeDouble(sumDyXhat, c, double(sumDyXhat, c) + double(dyXhat, c));
      storeDouble(sumDy, c, double(sumDy, c) + double(dy, c));
    }
  }
  for (let c = from; c < to; c++) {
    storeFloat(call.dGamma, c, double(sumDyXhat, c));
    storeFloat(call.dBeta, c, double(sumDy, c));
  }
}
