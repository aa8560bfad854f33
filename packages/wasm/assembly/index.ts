/** What the host calls. */
export {
  channelsBackward,
  channelsForward,
  channelsGradientSums,
  channelsInputGradient,
  channelsMoments,
  channelsNormalize,
} from './channels';
export {
  columnsFinishBackward,
  columnsFinishForward,
  columnsFinishMoments,
  columnsFinishSums,
  columnsInputGradientFactors,
  columnsNormalizeFactors,
} from './columnFactors';
export {
  columnsApplyInputGradient,
  columnsApplyNormalize,
  columnsPerSegment,
  columnsStatistics,
  columnsSums,
} from './columns';
export { TILE, TILE_BYTES, TOTALS_BYTES } from './columnTile';
export {
  groupsBackward,
  groupsForward,
  groupsInputGradient,
  groupsMoments,
  groupsNormalize,
} from './groups';
export { groupsLastScratchBytes } from './groupsLast';
export { groupsLastBackward, groupsLastInputGradient } from './groupsLastBackward';
export { groupsLastForward, groupsLastMoments, groupsLastNormalize } from './groupsLastForward';
export { movingAverage } from './movingAverage';
export {
  rowsBackward,
  rowsForward,
  rowsInputGradient,
  rowsMoments,
  rowsNormalize,
  rowsPerSegment,
  rowsScratchBytes,
} from './rows';
export { addTotals } from './totals';
