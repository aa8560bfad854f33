/** A drawing of 28x28 pixels: a round, soft pen on black. Pure: each stroke gives another drawing. */
import { imageSize, pixelsPerImage } from '@bn/lenet';

/** A place in pixels, from the left upper corner; 0.5 is the middle of the first. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Pixels within the first are white, those beyond the second untouched. */
const innerRadius = 0.8;
const outerRadius = 1.7;

export const blank = (): Uint8Array => new Uint8Array(pixelsPerImage);

/** The drawing after a stroke from one place to another. */
export function stroke(pixels: Uint8Array, from: Place, to: Place): Uint8Array {
  return pixels.map((value, pixel) => {
    const middle = { x: (pixel % imageSize) + 0.5, y: Math.floor(pixel / imageSize) + 0.5 };
    const distance = distanceToSegment(middle, from, to);
    const cover = (outerRadius - distance) / (outerRadius - innerRadius);
    return Math.max(value, Math.round(255 * Math.min(1, Math.max(0, cover))));
  });
}

function distanceToSegment(place: Place, from: Place, to: Place): number {
  const along = { x: to.x - from.x, y: to.y - from.y };
  const length = along.x ** 2 + along.y ** 2;
  const share = length === 0 ? 0 : ((place.x - from.x) * along.x + (place.y - from.y) * along.y) / length;
  const nearest = Math.min(1, Math.max(0, share));
  return Math.hypot(place.x - from.x - nearest * along.x, place.y - from.y - nearest * along.y);
}

/** Grey of RGBA bytes: luma (ITU-R BT.601) over black. */
export const greyOf = (rgba: ArrayLike<number>): Uint8Array =>
  Uint8Array.from({ length: rgba.length / 4 }, (_, pixel) => {
    const [red, green, blue, alpha] = [0, 1, 2, 3].map((channel) => rgba[4 * pixel + channel]!);
    return Math.round((0.299 * red! + 0.587 * green! + 0.114 * blue!) * (alpha! / 255));
  });
