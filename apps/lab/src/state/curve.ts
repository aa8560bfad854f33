/** A curve that stays short, however long a run is. */
import type { CurvePoint } from '../protocol.js';

/** More points than this no screen shows apart. */
export const maximumPoints = 1200;

/** The curve with one more point; when it gets too long, every two neighbours become one. */
export function addPoint(points: readonly CurvePoint[], point: CurvePoint): readonly CurvePoint[] {
  const longer = [...points, point];
  return longer.length > maximumPoints ? halve(longer) : longer;
}

function halve(points: readonly CurvePoint[]): CurvePoint[] {
  return Array.from({ length: Math.ceil(points.length / 2) }, (_, pair) => {
    const [first, second] = points.slice(2 * pair, 2 * pair + 2);
    return second === undefined ? first! : merge(first!, second);
  });
}

/** The averages over the images of both, as if they had been one point. */
function merge(first: CurvePoint, second: CurvePoint): CurvePoint {
  const images = first.images + second.images;
  const mean = (key: 'loss' | 'accuracy') =>
    (first[key] * first.images + second[key] * second.images) / images;
  const seconds = first.images / first.examplesPerSecond + second.images / second.examplesPerSecond;
  return {
    at: second.at,
    images,
    loss: mean('loss'),
    accuracy: mean('accuracy'),
    examplesPerSecond: images / seconds,
  };
}
