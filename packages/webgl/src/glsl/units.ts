/** GLSL that finds units, statistics and channels from each other; see sumLayout.ts. */
import type { SumVariant } from '../layouts/sumLayout.js';

/** Units of statistics and channels. */
export const units = ({ acrossBatch }: SumVariant): string => `
uniform int channels;
uniform int statisticUnits;
int statisticOf(int unit) { return ${acrossBatch ? 'unit % channels' : 'unit / statisticUnits'}; }
int unitOfStatistic(int statistic, int k) {
  return ${acrossBatch ? 'statistic + k * channels' : 'statistic * statisticUnits + k'};
}
`;

/** A unit's pair, and which of the two it is; the first unit of a pair, and how far the second is from it. */
export const pairs = ({ walk }: SumVariant): string =>
  walk === 'planes'
    ? `
ivec2 pairOf(int unit) { return ivec2(unit, 0); }
int firstUnit(int pair) { return pair; }
const int pairGroups = 0;
`
    : `
uniform int pairGroups;
uniform int lineUnits;
uniform int linePairs;
ivec2 pairOf(int unit) {
  int line = unit / pairGroups;
  int group = unit - line * pairGroups;
  int batch = line / lineUnits;
  int k = line - batch * lineUnits;
  return ivec2((batch * linePairs + k / 2) * pairGroups + group, k & 1);
}
int firstUnit(int pair) {
  int line = pair / pairGroups;
  int group = pair - line * pairGroups;
  int batch = line / linePairs;
  return (batch * lineUnits + 2 * (line - batch * linePairs)) * pairGroups + group;
}
`;

/** Where the piece of a unit is that a walk has left; pairs are split in as many pieces. */
export const pieces = `
uniform int splits;
uniform int pairCount;
uniform int pieceWidth;
ivec2 pieceAt(int pair, int split) {
  int piece = split * pairCount + pair;
  int y = piece / pieceWidth;
  return ivec2(piece - y * pieceWidth, y);
}
`;
