/** The table of contents: one line for each behaviour that a backend must have. */
import type { Behaviour, Context, Feature } from './behaviour.js';
import { containment } from './behaviours/containment.js';
import { errors } from './behaviours/errors.js';
import * as extremes from './behaviours/extremes.js';
import * as folding from './behaviours/folding.js';
import { trainsTheOtherLayers } from './behaviours/frozenLayers.js';
import * as gradients from './behaviours/gradients.js';
import * as groupLayers from './behaviours/groupLayers.js';
import * as groups from './behaviours/groups.js';
import * as identities from './behaviours/identities.js';
import * as invariances from './behaviours/invariances.js';
import * as layers from './behaviours/layers.js';
import * as leaks from './behaviours/leaks.js';
import * as maskedLayers from './behaviours/maskedLayers.js';
import * as masks from './behaviours/masks.js';
import * as moves from './behaviours/moves.js';
import * as recomputed from './behaviours/recomputedStatistics.js';
import * as reference from './behaviours/reference.js';
import { secondGradientsMatchDifferences } from './behaviours/secondGradients.js';
import * as swap from './behaviours/swap.js';
import { hasMoments, operationsThat } from './facts.js';
import { goldenFeature } from './golden/behaviours.js';
import { goldenOperations } from './golden/reader.js';
import type { OperationName } from './operation.js';
import { waysToMakeTensors } from './waysToMakeTensors.js';

const all = operationsThat(() => true);
const overChannels = operationsThat(({ over }) => over === 'channels');
const ofTheBatch = operationsThat(({ statistics }) => statistics !== 'given');
const perSample = operationsThat(({ statistics }) => statistics === 'perSample');
const withMoments = operationsThat(hasMoments);

const masked = { masked: true };

/** The same behaviour for each of some operations. */
const each = (
  operations: readonly OperationName[],
  sentence: string,
  behaviour: (op: OperationName) => Behaviour,
) => Object.fromEntries(operations.map((op) => [`${op}: ${sentence}`, behaviour(op)]));

export function tableOfContents({ swapWith, synchronousReads }: Context): readonly Feature[] {
  return [
    ...goldenOperations.map(goldenFeature),
    {
      feature: 'float64 reference',
      behaviours: {
        ...each(all, 'y agrees for any shape, offset and scale', reference.forwardAgrees),
        ...each(all, 'dx, dGamma and dBeta agree for any shape, offset and scale', reference.gradientsAgree),
        ...each(withMoments, 'moments agree for any shape, offset and scale', reference.momentsAgree),
      },
    },
    {
      feature: 'properties',
      behaviours: {
        'group norm of one group is layer norm': identities.groupNormOfOneGroupIsLayerNorm,
        'instance norm is group norm of C groups': identities.instanceNormIsGroupNormOfEachChannel,
        'batch norm of one sample is instance norm': identities.batchNormOfOneSampleIsInstanceNorm,
        ...each(
          overChannels,
          'channels last is channels first, transposed',
          identities.channelsLastIsChannelsFirstTransposed,
        ),
        ...each(ofTheBatch, 'y has mean 0 and variance 1', invariances.outputMoments),
        ...each(all, 'gamma and beta act on the normalized x', identities.affineIdentity),
        ...each(ofTheBatch, 'scaling x and epsilon together changes nothing', invariances.scaleInvariance),
        ...each(perSample, 'a sample is normalized by itself', invariances.rowsAreIndependent),
        ...each(ofTheBatch, 'dx is orthogonal to 1 and to xhat', invariances.gradientIsOrthogonal),
        ...each(all, 'the same call gives the same bits', invariances.repeatsExactly),
        ...each(all, 'inputs stay as they were', invariances.inputsStayAsTheyWere),
      },
    },
    {
      feature: 'gradients',
      behaviours: {
        ...each(all, 'gradients match finite differences', gradients.matchesDifferences),
        ...each(
          withMoments,
          'gradients of moments match finite differences',
          gradients.momentsMatchDifferences,
        ),
        'gradients of y, mean and variance of batchNorm match finite differences':
          gradients.batchNormResultsMatchDifferences(),
        'with frozen statistics dx is gamma * rstd * dy': gradients.frozenStatistics,
        'an optimizer trains gamma and beta': gradients.optimizerTrains,
      },
    },
    {
      feature: 'gradients of gradients',
      behaviours: each(all, 'match finite differences', secondGradientsMatchDifferences),
    },
    {
      feature: 'layers',
      behaviours: {
        'layers compute what their functions compute': layers.layersComputeTheirFunctions,
        'state survives a round trip': layers.stateSurvivesARoundTrip,
        'running statistics converge to those of the data': layers.runningStatisticsConverge,
        'with frozen statistics a layer trains the others': trainsTheOtherLayers,
      },
    },
    {
      feature: 'masks',
      behaviours: {
        'y agrees for any shape, offset, scale and mask': reference.forwardAgrees('batchNorm', masked),
        'mean and variance agree for any shape, offset, scale and mask': masks.statisticsAgree,
        'dx, dGamma and dBeta agree for any shape, offset, scale and mask': reference.gradientsAgree(
          'batchNorm',
          masked,
        ),
        'gradients match finite differences': gradients.matchesDifferences('batchNorm', masked),
        'gradients of y, mean and variance match finite differences':
          gradients.batchNormResultsMatchDifferences(masked),
        'gradients of gradients match finite differences': secondGradientsMatchDifferences(
          'batchNorm',
          masked,
        ),
        'the variance survives a mean of 10,000 standard deviations': masks.farFromZero,
        'equal weights change nothing': masks.equalWeights,
        'NaN that is left out does not enter': masks.hiddenValuesDoNotEnter(Number.NaN),
        'infinity that is left out does not enter': masks.hiddenValuesDoNotEnter(Number.POSITIVE_INFINITY),
        '1e30 that is left out does not enter': masks.hiddenValuesDoNotEnter(1e30),
        'padding that no loss looks at changes no gradient': masks.paddingHasNoGradient,
        'a mask of zeros gives mean and variance 0': masks.zeros,
        'a batch leaves its results': masks.leavesItsResults,
        'a layer computes what the function computes': maskedLayers.layerComputesTheFunction,
        'running statistics agree, biased and unbiased': maskedLayers.runningStatisticsAgree,
        'a mask of zeros moves no running statistics': maskedLayers.zerosMoveNothing,
        'training holds still': maskedLayers.trainingHoldsStill,
      },
    },
    synchronousReads ? groupsFeature : refusedGroups,
    {
      feature: 'recomputed statistics',
      behaviours: {
        'are those of all batches as one': recomputed.statisticsAreThoseOfAllBatches,
        'survive a mean of 10,000 standard deviations': recomputed.farFromZero,
        'count what masks leave': recomputed.masksCount,
        'of a deeper layer are those of training': recomputed.deeperLayersSeeTraining,
        'leave nothing behind, after an error too': recomputed.leavesNothing,
      },
    },
    {
      feature: 'folding',
      behaviours: {
        'a folded layer computes what the two computed': folding.computesWhatTheTwoComputed,
        'gradients in the filter match finite differences': folding.gradientsMatchDifferences,
      },
    },
    {
      feature: 'extremes',
      behaviours: {
        'x of scale 1e-30': extremes.scaleIsExact(1e-30),
        'x of scale 1e-10': extremes.scaleIsExact(1e-10),
        'x of scale 1e10': extremes.scaleIsExact(1e10),
        'x of scale 1e18, whose variance float32 just holds': extremes.scaleIsExact(1e18),
        'x of scale 1e30, whose variance float32 cannot hold, gives no NaN': extremes.overflowingVariance,
        'denormal x': extremes.denormals,
        'constant x': extremes.constants,
        'one element per statistic': extremes.oneElementGroups,
        'an empty batch': extremes.emptyBatch,
        'more than 2^24 elements in one statistic': extremes.sixteenMillionElements,
        'x = 1e4 + N(0, 1) is normalized to variance 1 within 1e-3': extremes.largeOffset,
      },
    },
    { feature: 'NaN and infinity', behaviours: containment },
    { feature: 'errors', behaviours: errors },
    {
      feature: 'leaks',
      behaviours: {
        'an operation leaves its outputs': leaks.operationsLeaveTheirOutputs,
        'gradients leave themselves': leaks.gradientsLeaveThemselves,
        'gradients of gradients leave themselves': leaks.secondGradientsLeaveThemselves,
        'batchNorm leaves y, mean and variance': leaks.batchNormLeavesThree,
        'training holds still': leaks.trainingHoldsStill,
        'dispose frees all weights': leaks.disposeFreesWeights,
      },
    },
    ...(swapWith.length === 0 ? [] : [swapFeature(swapWith), movesFeature(swapWith)]),
  ];
}

const groupsFeature: Feature = {
  feature: 'groups of processes',
  behaviours: {
    'y agrees over any shards': groups.forwardAgrees(),
    'y agrees over any shards of a masked batch': groups.forwardAgrees(masked),
    'mean and variance agree, and have the same bits everywhere': groups.statisticsAgree(),
    'mean and variance of masked batches agree, and have the same bits everywhere':
      groups.statisticsAgree(masked),
    'dx, and the sums of dGamma and dBeta, agree over any shards': groups.gradientsAgree(),
    'dx, and the sums of dGamma and dBeta, agree over any shards of a masked batch':
      groups.gradientsAgree(masked),
    'gradients of y, mean and variance are those of one process': groups.resultsAreDifferentiable(),
    'gradients of y, mean and variance of masked batches are those of one process':
      groups.resultsAreDifferentiable(masked),
    'the variance survives a mean of 10,000 standard deviations': groups.farFromZero,
    'a tiny variance is not negative': groups.tinyVariance,
    'a shard leaves its results': groups.leavesItsResults,
    'running statistics agree, and have the same bits everywhere': groupLayers.runningStatisticsAgree(false),
    'running statistics of masked batches agree, and have the same bits everywhere':
      groupLayers.runningStatisticsAgree(true),
    'recomputed statistics are those of all batches as one': groupLayers.recomputedStatisticsAgree,
    'training ends where that of one process ends': groupLayers.trainingAgrees,
  },
};

const refusedGroups: Feature = {
  feature: 'groups of processes',
  behaviours: { 'are refused: the backend cannot be read without waiting': groups.refusesToWait },
};

/** Behaviours with each of the other backends. */
const withEach = (
  others: readonly string[],
  behaviours: (other: string) => Readonly<Record<string, Behaviour>>,
) => Object.assign({}, ...others.map(behaviours)) as Record<string, Behaviour>;

const swapFeature = (others: readonly string[]): Feature => ({
  feature: 'swap',
  behaviours: withEach(others, (other) => ({
    [`training that moves to ${other} ends where it would have ended`]: swap.swapOnce(other),
    [`training that moves to ${other} and back ends where it would have ended`]: swap.swapBack(other),
    [`training that comes from ${other} ends where it would have ended`]: swap.startElsewhere(other),
    [`results move to ${other} and back`]: swap.resultsMove(other),
  })),
});

const movesFeature = (others: readonly string[]): Feature => ({
  feature: 'tensors that move',
  behaviours: withEach(others, (other) => ({
    ...Object.fromEntries(
      Object.entries(waysToMakeTensors).map(([name, way]) => [
        `${name}: the same values to and from ${other}`,
        moves.follows(way, other),
      ]),
    ),
    [`int32 beyond 2^24 keeps its bits to and from ${other}`]: moves.largeIntegers(other),
    [`data that is being read moves to and from ${other}`]: moves.whileItIsRead(other),
    [`complex64 moves to and from ${other}, or is refused`]: moves.complexNumbers(other),
  })),
});
