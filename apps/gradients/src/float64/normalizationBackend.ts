/** The normalizations of @bn/core in float64: the formulas of its contract in plain loops. */
import { type NormalizationBackend, type NormalizationView, registerBackend } from '@bn/core';
import type * as tf from '@tensorflow/tfjs-core';
import { array } from './array.js';
import { FLOAT64, readArray, writeArray } from './backend.js';

type Visit = (element: number, channel: number, statistic: number) => void;

/** Calls `visit` for every element of x as [batch, outer, channels, inner]. */
function forEachElement(view: NormalizationView, visit: Visit): void {
  const { batch, outer, channels, inner, groups, acrossBatch } = view;
  const channelsPerGroup = channels / groups;
  let element = 0;
  for (let n = 0; n < batch; ++n) {
    for (let o = 0; o < outer; ++o) {
      for (let c = 0; c < channels; ++c) {
        const group = Math.floor(c / channelsPerGroup);
        const statistic = acrossBatch ? c : n * groups + group;
        for (let i = 0; i < inner; ++i) visit(element++, c, statistic);
      }
    }
  }
}

const statisticsShape = ({ acrossBatch, channels, batch, groups }: NormalizationView) =>
  acrossBatch ? [channels] : [batch, groups];

function elementsPerStatistic({
  batch,
  outer,
  channels,
  inner,
  groups,
  acrossBatch,
}: NormalizationView): number {
  const perSample = (outer * channels * inner) / groups;
  return acrossBatch ? batch * perSample : perSample;
}

const valuesOf = (tensor: tf.TensorInfo) => readArray(tensor).data;

function moments(x: tf.TensorInfo, view: NormalizationView) {
  const values = valuesOf(x);
  const m = elementsPerStatistic(view);
  const mean = array(statisticsShape(view));
  const variance = array(statisticsShape(view));
  if (view.centered) {
    forEachElement(view, (element, _, s) => {
      mean.data[s]! += values[element]! / m;
    });
  }
  forEachElement(view, (element, _, s) => {
    variance.data[s]! += (values[element]! - mean.data[s]!) ** 2 / m;
  });
  return { mean: writeArray(mean), variance: writeArray(variance) };
}

/** 1 / sqrt(variance + epsilon) and (x - mean) times that, of an element. */
function standardized(x: tf.TensorInfo, mean: tf.TensorInfo, variance: tf.TensorInfo, epsilon: number) {
  const [values, means, variances] = [valuesOf(x), valuesOf(mean), valuesOf(variance)];
  const rstd = (statistic: number) => 1 / Math.sqrt(variances[statistic]! + epsilon);
  return {
    rstd,
    xhat: (element: number, statistic: number) => (values[element]! - means[statistic]!) * rstd(statistic),
  };
}

export const float64Normalization: NormalizationBackend = {
  name: FLOAT64,
  moments,
  normalize(x, mean, variance, gamma, beta, view, epsilon) {
    const { xhat } = standardized(x, mean, variance, epsilon);
    const [scales, offsets] = [gamma && valuesOf(gamma), beta && valuesOf(beta)];
    const y = array(x.shape);
    forEachElement(view, (element, c, s) => {
      y.data[element] = xhat(element, s) * (scales?.[c] ?? 1) + (offsets?.[c] ?? 0);
    });
    return writeArray(y);
  },
  gradientSums(dy, x, mean, variance, gamma, view, epsilon) {
    const { xhat } = standardized(x, mean, variance, epsilon);
    const [upstream, scales] = [valuesOf(dy), gamma && valuesOf(gamma)];
    const [dGamma, dBeta] = [array([view.channels]), array([view.channels])];
    const [sumDy, sumDyXhat] = [array(statisticsShape(view)), array(statisticsShape(view))];
    forEachElement(view, (element, c, s) => {
      const value = upstream[element]!;
      dBeta.data[c]! += value;
      dGamma.data[c]! += value * xhat(element, s);
      sumDy.data[s]! += value * (scales?.[c] ?? 1);
      sumDyXhat.data[s]! += value * (scales?.[c] ?? 1) * xhat(element, s);
    });
    return {
      dGamma: writeArray(dGamma),
      dBeta: writeArray(dBeta),
      sumDy: writeArray(sumDy),
      sumDyXhat: writeArray(sumDyXhat),
    };
  },
  inputGradient(dy, x, mean, variance, gamma, sums, view, epsilon) {
    const { rstd, xhat } = standardized(x, mean, variance, epsilon);
    const [upstream, scales] = [valuesOf(dy), gamma && valuesOf(gamma)];
    const [sumDy, sumDyXhat] = [valuesOf(sums.sumDy), valuesOf(sums.sumDyXhat)];
    const m = elementsPerStatistic(view);
    const dx = array(x.shape);
    forEachElement(view, (element, c, s) => {
      const centering = view.centered ? sumDy[s]! / m : 0;
      const scaled = upstream[element]! * (scales?.[c] ?? 1);
      dx.data[element] = rstd(s) * (scaled - centering - (xhat(element, s) * sumDyXhat[s]!) / m);
    });
    return writeArray(dx);
  },
};

registerBackend(float64Normalization);
