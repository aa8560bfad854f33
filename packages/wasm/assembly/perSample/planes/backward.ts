/** Gradients of groups of planes; see forward.ts. */
import { Call } from '../../call';
import { inputGradient } from '../../loops/elementwise';
import { float, parameter, reciprocalDeviation, storeDouble, storeFloat } from '../../loops/numbers';
import { first, pair, second } from '../../loops/pair';
import { sumsOf } from '../../loops/sums';
import { WithDy } from '../../loops/typeArguments';
import { FLOAT } from '../../loops/vector';
import { addTotals, totalsDy, totalsDyXhat } from '../totals';
import { groupsPerBlock, numbersOf } from './block';

/** dx of group s, of its sums gamma * dy and gamma * dy * xhat. */
function groupInputGradient(call: Call, s: i32, groupDy: f64, groupDyXhat: f64): void {
  const inner = call.inner;
  const perGroup = call.channels / call.groups;
  const m = <f64>perGroup * <f64>inner;
  const rstd = reciprocalDeviation(float(call.variance, s), call.epsilon);
  const center = <f32>float(call.mean, s);
  const xFactor = <f32>((-rstd * rstd * groupDyXhat) / m);
  const constant = <f32>((-rstd * groupDy) / m);
  for (let k: i32 = 0; k < perGroup; k++) {
    const dyFactor = <f32>(rstd * parameter(call.gamma, (s % call.groups) * perGroup + k, 1));
    const at = (<usize>s * perGroup + k) * inner * FLOAT;
    inputGradient(call.dx + at, call.dy + at, call.x + at, inner, center, dyFactor, xFactor, constant);
  }
}

/**
 * [sum(gamma * dy), sum(gamma * dy * xhat)] of group s, which are stored if wanted (else pointer 0); leaves the sums of its channels
 * in the totals. Reads dy and x once.
 */
function groupSums(call: Call, s: i32): v128 {
  const inner = call.inner;
  const groups = call.groups;
  const perGroup = call.channels / groups;
  const rstd = reciprocalDeviation(float(call.variance, s), call.epsilon);
  const center = <f32>float(call.mean, s);
  const channelsDyXhat = totalsDyXhat(call, s / groups);
  const channelsDy = totalsDy(call, s / groups);
  let groupDy: f64 = 0;
  let groupDyXhat: f64 = 0;
  for (let k: i32 = 0; k < perGroup; k++) {
    const c = (s % groups) * perGroup + k;
    const at = (<usize>s * perGroup + k) * inner * FLOAT;
    const sums = sumsOf<WithDy>(call.dy + at, call.x + at, inner, center);
    const channelDy = first(sums);
    const channelDyXhat = second(sums) * rstd;
    storeDouble(channelsDyXhat, c, channelDyXhat);
    storeDouble(channelsDy, c, channelDy);
    groupDy += parameter(call.gamma, c, 1) * channelDy;
    groupDyXhat += parameter(call.gamma, c, 1) * channelDyXhat;
  }
  if (call.sumDy !== 0) {
    storeFloat(call.sumDy, s, groupDy);
    storeFloat(call.sumDyXhat, s, groupDyXhat);
  }
  return pair(groupDy, groupDyXhat);
}

/**
 * The backward pass, whole or in part: dx if wanted, sumDy = sum(gamma * dy) and sumDyXhat = sum(gamma * dy * xhat) if
 * wanted (else pointer 0); leaves sums for dGamma and dBeta in the totals. Block by block; reads dy and x once from memory, and
 * for dx once more from the cache; writes dx once.
 */
export function perSamplePlanesBackward(call: Call, from: i32, to: i32, scratch: usize): void {
  const perBlock = groupsPerBlock(call);
  for (let block = from; block < to; block += perBlock) {
    const end = min(to, block + perBlock);
    for (let s = block; s < end; s++) v128.store(numbersOf(scratch, s - block), groupSums(call, s));
    if (call.dx === 0) continue;
    for (let s = block; s < end; s++) {
      const sums = v128.load(numbersOf(scratch, s - block));
      groupInputGradient(call, s, first(sums), second(sums));
    }
  }
}

/** dGamma and dBeta of the channels `from` to `to` (exclusive), after the samples' backward passes. */
export function perSamplePlanesAddTotals(call: Call, from: i32, to: i32): void {
  addTotals(call, call.batch, from, to);
}

/** dx = rstd * (gamma * dy - sumDy / m - xhat * sumDyXhat / m). Reads dy and x once, writes dx once. */
export function perSamplePlanesInputGradient(call: Call, from: i32, to: i32): void {
  for (let s = from; s < to; s++) groupInputGradient(call, s, float(call.sumDy, s), float(call.sumDyXhat, s));
}
