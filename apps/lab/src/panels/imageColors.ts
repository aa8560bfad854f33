/** Colours for the values of an image, the same in both themes. */

/** Red, green and blue of a value, 0 to 255. */
export type Color = (value: number) => readonly [number, number, number];

export const grey: Color = (byte) => [byte, byte, byte];

/** From black to white. Equal values are black. */
export const greyBetween =
  (low: number, high: number): Color =>
  (value) =>
    grey((255 * (value - low)) / (high - low || 1));

/** Of the most negative and the most positive value. */
const ends = { negative: [52, 84, 209], positive: [194, 65, 12] } as const;

/** White at 0, blue at `-largest`, orange at `largest`. */
export const diverging =
  (largest: number): Color =>
  (value) => {
    const share = Math.abs(value) / (largest || 1);
    const [red, green, blue] = value < 0 ? ends.negative : ends.positive;
    const between = (end: number) => Math.round(255 + share * (end - 255));
    return [between(red), between(green), between(blue)];
  };
