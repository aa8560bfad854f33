/**
 * What core composes of a backend's kernels, broken on purpose: frozen statistics, masks, recomputed statistics, folding. As
 * in mutants.mjs, under the suite of cpu-ref.
 */
export const coreMutants = [
  {
    name: 'frozen statistics differentiated as those of the batch',
    file: 'src/dispatch/gradients.ts',
    find: 'gamma, zeros, zeros, attributes)',
    replace: 'gamma, sumDy, sumDyXhat, attributes)',
  },
  {
    name: 'running statistics moved in inference',
    file: 'src/layers/batchNorm.ts',
    find: 'return runInference(x, statistics.mean,',
    replace:
      'tf.tidy(() => statistics.mean.assign(tf.mul(statistics.mean, 0.9)));\n      return runInference(x, statistics.mean,',
  },
  {
    name: 'mask ignored',
    file: 'src/statistics/mask.ts',
    find: "const given = tf.cast(mask, 'float32');",
    replace: "const given = tf.onesLike(tf.cast(mask, 'float32'));",
  },
  {
    name: 'masked mean over all elements',
    file: 'src/statistics/weightedMoments.ts',
    find: 'tf.divNoNan(tf.onesLike(count), count)',
    replace: 'tf.fill(count.shape, 1 / 16)',
  },
  {
    name: 'masked variance of all elements',
    file: 'src/statistics/weightedMoments.ts',
    find: 'weightedSums(tf.mul(weights, deviations), x,',
    replace: 'weightedSums(deviations, x,',
  },
  {
    name: 'masked variance about 0',
    file: 'src/statistics/weightedMoments.ts',
    find: 'const variance = tf.abs(tf.sub(tf.mul(squares, inverse), tf.square(correction)));',
    replace:
      'const raw = weightedSums(tf.mul(weights, x), x, zeros, attributes)[0];\n' +
      '  const variance = tf.abs(tf.sub(tf.mul(raw, inverse), tf.square(mean)));',
  },
  {
    name: 'masked mean of one channel corrected by all',
    file: 'src/statistics/weightedMoments.ts',
    find: 'const correction = tf.mul(rest, inverse);',
    replace: 'const correction = tf.mul(tf.mean(rest), inverse);',
  },
  {
    name: 'what the mask leaves out enters as 0 times itself',
    file: 'src/statistics/weightedMoments.ts',
    find: 'return tf.where(used, x, zeros);',
    replace: 'return tf.mul(x, tf.cast(used, x.dtype));',
  },
  {
    name: 'sum of masked weights of 0 divided by',
    file: 'src/statistics/weightedMoments.ts',
    find: 'tf.divNoNan(',
    replace: 'tf.div(',
  },
  {
    name: 'masked variance without its gradient',
    file: 'src/statistics/weightedMoments.ts',
    find: 'tf.mul(dVariance, tf.mul(inverse, 2))',
    replace: 'tf.mul(dVariance, tf.mul(inverse, 0))',
  },
  {
    name: 'mask not weighing the gradient',
    file: 'src/statistics/weightedMoments.ts',
    find: 'return tf.mul(weights, runNormalize(x, mean,',
    replace: 'return tf.mul(tf.onesLike(weights), runNormalize(x, mean,',
  },
  {
    name: "masked mean's own gradient forgotten in gradients of gradients",
    file: 'src/statistics/weightedMoments.ts',
    find: 'const mean = tf.mul(sum, inverse);',
    replace: 'const mean = offTape(() => tf.mul(sum, inverse));',
  },
  {
    name: 'mask of positions spread over samples',
    file: 'src/statistics/mask.ts',
    find: 'tf.reshape(positions, [batch, 1, inner])',
    replace: 'tf.transpose(tf.reshape(positions, [inner, 1, batch]), [2, 1, 0])',
  },
  {
    name: 'mask ignored by a layer',
    file: 'src/layers/batchNorm.ts',
    find: 'runTraining(x, gamma, beta, attributes, mask, group)',
    replace: 'runTraining(x, gamma, beta, attributes, mask && tf.onesLike(mask), group)',
  },
  {
    name: 'masked running variance corrected by the number of elements',
    file: 'src/statistics/runningStatistics.ts',
    find: 'tf.div(weight, tf.sub(weight, 1))',
    replace: 'tf.fill(weight.shape, 105 / 104)',
  },
  {
    name: 'running statistics moved by a mask of zeros',
    file: 'src/statistics/runningStatistics.ts',
    find: 'tf.greater(weight, 0)',
    replace: 'tf.greaterEqual(weight, 0)',
  },
  {
    name: 'a tensor leaked by every masked step',
    file: 'src/statistics/runningStatistics.ts',
    find: 'const one = tf.onesLike(weight);',
    replace: 'const one = tf.keep(tf.onesLike(weight));',
  },
  {
    name: 'data leaked by every masked batch',
    file: 'src/statistics/weightedMoments.ts',
    find: 'const zeros = tf.zeros([attributes.view.channels]);',
    replace:
      'const zeros = tf.zeros([attributes.view.channels]);\n  tf.backend().write(new Float32Array(1), [1], "float32");',
  },
  {
    name: 'recomputed variance without that of the batch means',
    file: 'src/statistics/populationMoments.ts',
    find: ' + delta * delta * (before * part)',
    replace: '',
  },
  {
    name: 'recomputed mean of batches that all count alike',
    file: 'src/statistics/populationMoments.ts',
    find: 'this.mean[channel]! += delta * part;',
    replace: 'this.mean[channel]! += delta / this.parts;',
  },
  {
    name: 'masks not counted in recomputed statistics',
    file: 'src/statistics/statisticsCollector.ts',
    find: ': await count.data()',
    replace: ': (await count.data()).map(() => 9)',
  },
  {
    name: 'biased for unbiased recomputed variance',
    file: 'src/tools/recomputeRunningStats.ts',
    find: 'values > 1 ? this.statistics.correction(values) : 1',
    replace: 'values > 1 ? 1 : 1',
  },
  {
    name: 'statistics of the batches kept after they are merged',
    file: 'src/statistics/statisticsCollector.ts',
    find: 'tf.dispose(this.#pending.flatMap(tensorsOf));',
    replace: '',
  },
  {
    name: 'statistics assigned though a batch failed',
    file: 'src/tools/recomputeRunningStats.ts',
    find: 'for (const collector of collectors) collector.stop();',
    replace:
      'for (const collector of collectors) {\n      collector.stop();\n      collector.assign();\n    }',
  },
  {
    name: 'epsilon dropped in folding',
    file: 'src/tools/foldBatchNorm.ts',
    find: 'tf.rsqrt(tf.add(variance, epsilon))',
    replace: 'tf.rsqrt(tf.add(variance, 0 * epsilon))',
  },
  {
    name: 'bias not scaled in folding',
    file: 'src/tools/foldBatchNorm.ts',
    find: 'const offset = bias == null ? tf.neg(mean) : tf.sub(bias, mean);\n    const scaled = tf.mul(offset, scale);',
    replace:
      'const offset = tf.mul(tf.neg(mean), scale);\n    const scaled = bias == null ? offset : tf.add(bias, offset);',
  },
  {
    name: 'depthwise filter scaled by the channels of its multiplier',
    file: 'src/tools/foldBatchNorm.ts',
    find: 'tf.reshape(scale, scaleShape)',
    replace:
      'scaleShape.at(-1) === 1 || scaleShape.at(-2) === 1\n' +
      '        ? tf.reshape(scale, scaleShape)\n' +
      '        : tf.transpose(tf.reshape(scale, [1, 1, scaleShape[3]!, scaleShape[2]!]), [0, 1, 3, 2])',
  },
  {
    name: 'folded filter without a gradient',
    file: 'src/tools/foldBatchNorm.ts',
    find: 'filter: tf.mul(filter,',
    replace: 'filter: tf.mul(tf.tensor(filter.dataSync(), filter.shape),',
  },
  {
    name: 'moments of a group not weighted by count',
    file: 'src/group/groupMoments.ts',
    find: 'population.add(row(1), row(2), row(0));',
    replace: 'population.add(row(1), row(2), row(0).map(Math.sign));',
  },
  {
    name: 'variances of a group averaged without their means',
    file: 'src/statistics/populationMoments.ts',
    find: 'variance * added + delta * delta * (before * part)',
    replace: 'variance * added',
  },
  {
    name: 'gradient of a group with the sums of one member',
    file: 'src/group/groupGradients.ts',
    find: '  reducer.allReduceSum(sums);',
    replace: '  reducer.allReduceSum(sums.slice());',
  },
  {
    name: 'gradient of a group divided by the elements of one member',
    file: 'src/group/groupNormalize.ts',
    find: 'average.map((value) => value * elements)',
    replace: 'average.map((value, i) => value * counts[i]!)',
  },
  {
    name: 'masked gradient of a group without weights',
    file: 'src/group/groupGradients.ts',
    find: 'tf.mul(weights, runNormalize(counted,',
    replace: 'tf.mul(tf.onesLike(weights), runNormalize(counted,',
  },
  {
    name: 'weights of a group ignored',
    file: 'src/group/synchronized.ts',
    find: 'weightsOf(mask, x, view)',
    replace: 'tf.onesLike(weightsOf(mask, x, view))',
  },
  {
    name: 'gradient of the variance of a group at half its size',
    file: 'src/group/synchronized.ts',
    find: 'tf.mul(halfSlope!, 2)',
    replace: 'halfSlope!',
  },
].map((mutant) => ({ package: 'core', suite: 'cpu-ref', ...mutant }));
