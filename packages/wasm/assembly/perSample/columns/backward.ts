/** Gradients of groups of columns; see forward.ts. */
import { Call } from '../../call';
import { inputGradientColumns } from '../../loops/columnElementwise';
import { columnGradientSums } from '../../loops/columnGradientSums';
import { gradientRowsTogether } from '../../loops/columnSums';
import {
  CENTER,
  CONSTANT,
  DY_FACTOR,
  INPUT_GRADIENT_FACTORS,
  interleave,
  X_FACTOR,
} from '../../loops/factors';
import { double, float, parameter, reciprocalDeviation, storeDouble, storeFloat } from '../../loops/numbers';
import { FLOAT } from '../../loops/vector';
import { wideRowWidth } from '../../loops/wideRows';
import { addTotals, totalsDy, totalsDyXhat } from '../totals';
import { factors, ofColumns } from './scratch';

/** Centers each column on the mean of its group. */
function storeCenters(call: Call, n: i32, scratch: usize): void {
  const center = factors(call, scratch, CENTER);
  const perGroup = call.channels / call.groups;
  for (let c: i32 = 0; c < call.channels; c++)
    storeFloat(center, c, float(call.mean, n * call.groups + c / perGroup));
}

/**
 * Leaves sum(gamma * dy) and sum(gamma * dy * xhat) of the groups of sample n in float64, and the sums of its columns in the
 * totals. Reads dy and x once.
 */
function sampleSums(call: Call, n: i32, scratch: usize): void {
  const channels = call.channels;
  const groups = call.groups;
  const perGroup = channels / groups;
  const dySums = ofColumns(call, scratch, 0);
  const dyXSums = ofColumns(call, scratch, 1);
  const start = <usize>n * <usize>call.outer * <usize>channels * FLOAT;
  storeCenters(call, n, scratch);
  const together = gradientRowsTogether(<f64>call.batch * <f64>call.outer * <f64>channels);
  columnGradientSums(
    call.dy + start,
    call.x + start,
    call.outer,
    channels,
    dySums,
    dyXSums,
    together,
    scratch,
  );
  for (let g: i32 = 0; g < groups; g++) {
    const rstd = reciprocalDeviation(float(call.variance, n * groups + g), call.epsilon);
    let groupDy: f64 = 0;
    let groupDyXhat: f64 = 0;
    for (let c = g * perGroup; c < (g + 1) * perGroup; c++) {
      const columnDy = double(dySums, c);
      const columnDyXhat = double(dyXSums, c) * rstd;
      storeDouble(totalsDyXhat(call, n), c, columnDyXhat);
      storeDouble(totalsDy(call, n), c, columnDy);
      groupDy += parameter(call.gamma, c, 1) * columnDy;
      groupDyXhat += parameter(call.gamma, c, 1) * columnDyXhat;
    }
    storeDouble(dySums, g, groupDy);
    storeDouble(dyXSums, g, groupDyXhat);
  }
}

/** dx of sample n, of the sums of its groups in float64. Reads dy and x once, writes dx once. */
function sampleInputGradient(call: Call, n: i32, scratch: usize): void {
  const rows = call.outer;
  const channels = call.channels;
  const perGroup = channels / call.groups;
  const m = <f64>rows * <f64>perGroup;
  const dyFactor = factors(call, scratch, DY_FACTOR);
  const xFactor = factors(call, scratch, X_FACTOR);
  const constant = factors(call, scratch, CONSTANT);
  storeCenters(call, n, scratch);
  for (let c: i32 = 0; c < channels; c++) {
    const g = c / perGroup;
    const rstd = reciprocalDeviation(float(call.variance, n * call.groups + g), call.epsilon);
    storeFloat(dyFactor, c, rstd * parameter(call.gamma, c, 1));
    storeFloat(xFactor, c, (-rstd * rstd * double(ofColumns(call, scratch, 1), g)) / m);
    storeFloat(constant, c, (-rstd * double(ofColumns(call, scratch, 0), g)) / m);
  }
  const width = wideRowWidth(channels);
  const interleaved = interleave(scratch, INPUT_GRADIENT_FACTORS, channels, width);
  const length = rows * channels;
  const at = <usize>n * <usize>length * FLOAT;
  inputGradientColumns(call.dx + at, call.dy + at, call.x + at, length, width, interleaved);
}

/** dx = rstd * (gamma * dy - sumDy / m - xhat * sumDyXhat / m). Reads dy and x once, writes dx once. */
export function perSampleColumnsInputGradient(call: Call, from: i32, to: i32, scratch: usize): void {
  const groups = call.groups;
  for (let n = from; n < to; n++) {
    for (let g: i32 = 0; g < groups; g++) {
      storeDouble(ofColumns(call, scratch, 0), g, float(call.sumDy, n * groups + g));
      storeDouble(ofColumns(call, scratch, 1), g, float(call.sumDyXhat, n * groups + g));
    }
    sampleInputGradient(call, n, scratch);
  }
}

/**
 * The backward pass, whole or in part: dx if wanted, sumDy = sum(gamma * dy) and sumDyXhat = sum(gamma * dy * xhat) if
 * wanted (else pointer 0); leaves sums for dGamma and dBeta in the totals. Reads dy and x once from memory, and for dx once
 * more from the cache that holds a sample; writes dx once.
 */
export function perSampleColumnsBackward(call: Call, from: i32, to: i32, scratch: usize): void {
  const groups = call.groups;
  for (let n = from; n < to; n++) {
    sampleSums(call, n, scratch);
    if (call.sumDy !== 0) {
      for (let g: i32 = 0; g < groups; g++) {
        storeFloat(call.sumDy, n * groups + g, double(ofColumns(call, scratch, 0), g));
        storeFloat(call.sumDyXhat, n * groups + g, double(ofColumns(call, scratch, 1), g));
      }
    }
    if (call.dx !== 0) sampleInputGradient(call, n, scratch);
  }
}

/** dGamma and dBeta of the channels `from` to `to` (exclusive), after the samples' backward passes. */
export function perSampleColumnsAddTotals(call: Call, from: i32, to: i32): void {
  addTotals(call, call.batch, from, to);
}
