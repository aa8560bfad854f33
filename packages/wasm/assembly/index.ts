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
  columnsBackward,
  columnsForward,
  columnsGradientSums,
  columnsInputGradient,
  columnsMoments,
  columnsNormalize,
} from './columns';
export { SCRATCH_BYTES } from './columnTile';
export {
  groupsBackward,
  groupsForward,
  groupsGradientSums,
  groupsInputGradient,
  groupsMoments,
  groupsNormalize,
} from './groups';
export {
  groupsLastBackward,
  groupsLastForward,
  groupsLastGradientSums,
  groupsLastInputGradient,
  groupsLastMoments,
  groupsLastNormalize,
  groupsLastScratchBytes,
} from './groupsLast';
export { movingAverage } from './movingAverage';
export {
  rowsBackward,
  rowsForward,
  rowsGradientSums,
  rowsInputGradient,
  rowsMoments,
  rowsNormalize,
  rowsScratchBytes,
} from './rows';
