/**
 * The truth for volumes: each operation as its formula, in plain loops over float64, with sizes and padding as TensorFlow
 * defines them.
 */
import type { Numbers } from './float64.js';

type Three = readonly [number, number, number];

/** A window that moves over the depth, height and width of x. */
export interface VolumeWindow {
  readonly x: readonly [number, number, number, number, number];
  readonly window: Three;
  readonly strides: Three;
  readonly dilations: Three;
  readonly pad: 'valid' | 'same' | number;
}

/** Sizes of the output, and what padding leaves before x. */
export function outputOf({ x, window, strides, dilations, pad }: VolumeWindow): {
  size: Three;
  before: Three;
} {
  const axes = [0, 1, 2].map((axis) => {
    const size = x[axis + 1]!;
    const covered = (window[axis]! - 1) * dilations[axis]! + 1;
    const stride = strides[axis]!;
    if (pad === 'same') {
      const outSize = Math.ceil(size / stride);
      return { outSize, before: Math.floor(Math.max(0, (outSize - 1) * stride + covered - size) / 2) };
    }
    const before = pad === 'valid' ? 0 : pad;
    return { outSize: Math.floor((size + 2 * before - covered) / stride) + 1, before };
  });
  return {
    size: axes.map(({ outSize }) => outSize) as unknown as Three,
    before: axes.map(({ before }) => before) as unknown as Three,
  };
}

/** Calls `visit` with the sample, the place in the output, and the (place in x, tap) that its window holds inside of x. */
function forEachWindow(
  volume: VolumeWindow,
  visit: (sample: number, place: number, pixels: { x: number; tap: number }[]) => void,
): void {
  const { size, before } = outputOf(volume);
  const [batch, ...inSize] = volume.x;
  const { window, strides, dilations } = volume;
  const axisOf = (axis: number, out: number, tap: number) =>
    out * strides[axis]! + tap * dilations[axis]! - before[axis]!;
  for (let n = 0; n < batch; ++n) {
    for (let place = 0; place < size[0] * size[1] * size[2]; ++place) {
      const out = [
        Math.floor(place / (size[1] * size[2])),
        Math.floor(place / size[2]) % size[1],
        place % size[2],
      ];
      const pixels: { x: number; tap: number }[] = [];
      for (let tap = 0; tap < window[0] * window[1] * window[2]; ++tap) {
        const taps = [
          Math.floor(tap / (window[1] * window[2])),
          Math.floor(tap / window[2]) % window[1],
          tap % window[2],
        ];
        const at = out.map((value, axis) => axisOf(axis, value, taps[axis]!));
        if (at.some((value, axis) => value < 0 || value >= inSize[axis]!)) continue;
        pixels.push({ x: (at[0]! * inSize[1]! + at[1]!) * inSize[2]! + at[2]!, tap });
      }
      visit(n, place, pixels);
    }
  }
}

function sizes(volume: VolumeWindow) {
  const [batch, depth, height, width, channels] = volume.x;
  const [outDepth, outHeight, outWidth] = outputOf(volume).size;
  return { batch, inPixels: depth * height * width, outPixels: outDepth * outHeight * outWidth, channels };
}

/** Calls `visit` with the flat indices of every product: x[xi] * filter[fi] belongs to y[yi]. */
function forEachProduct(
  volume: VolumeWindow,
  outChannels: number,
  visit: (xi: number, fi: number, yi: number) => void,
): void {
  const { inPixels, outPixels, channels } = sizes(volume);
  forEachWindow(volume, (n, place, pixels) => {
    for (const { x, tap } of pixels) {
      for (let c = 0; c < channels; ++c) {
        for (let o = 0; o < outChannels; ++o) {
          const xi = (n * inPixels + x) * channels + c;
          visit(xi, (tap * channels + c) * outChannels + o, (n * outPixels + place) * outChannels + o);
        }
      }
    }
  });
}

export function conv3d(x: Numbers, filter: Numbers, volume: VolumeWindow, outChannels: number): Float64Array {
  const { batch, outPixels } = sizes(volume);
  const y = new Float64Array(batch * outPixels * outChannels);
  forEachProduct(volume, outChannels, (xi, fi, yi) => {
    y[yi]! += x[xi]! * filter[fi]!;
  });
  return y;
}

export function conv3dFilterGradient(
  x: Numbers,
  dy: Numbers,
  volume: VolumeWindow,
  outChannels: number,
): Float64Array {
  const taps = volume.window.reduce((a, b) => a * b);
  const dw = new Float64Array(taps * volume.x[4] * outChannels);
  forEachProduct(volume, outChannels, (xi, fi, yi) => {
    dw[fi]! += x[xi]! * dy[yi]!;
  });
  return dw;
}

export function conv3dInputGradient(
  dy: Numbers,
  filter: Numbers,
  volume: VolumeWindow,
  outChannels: number,
): Float64Array {
  const { batch, inPixels, channels } = sizes(volume);
  const dx = new Float64Array(batch * inPixels * channels);
  forEachProduct(volume, outChannels, (xi, fi, yi) => {
    dx[xi]! += dy[yi]! * filter[fi]!;
  });
  return dx;
}

/** Calls `visit` with each output's index and the indices of the pixels of its window, in order. */
function forEachPool(volume: VolumeWindow, visit: (yi: number, xis: number[]) => void): void {
  const { inPixels, outPixels, channels } = sizes(volume);
  forEachWindow(volume, (n, place, pixels) => {
    for (let c = 0; c < channels; ++c) {
      const xis = pixels.map(({ x }) => (n * inPixels + x) * channels + c);
      visit((n * outPixels + place) * channels + c, xis);
    }
  });
}

function zerosOf(volume: VolumeWindow, which: 'inPixels' | 'outPixels'): Float64Array {
  const { batch, channels, [which]: pixels } = sizes(volume);
  return new Float64Array(batch * pixels * channels);
}

export function avgPool3d(x: Numbers, volume: VolumeWindow): Float64Array {
  const y = zerosOf(volume, 'outPixels');
  forEachPool(volume, (yi, xis) => {
    y[yi] = xis.reduce((sum, xi) => sum + x[xi]!, 0) / xis.length;
  });
  return y;
}

export function avgPool3dGradient(dy: Numbers, volume: VolumeWindow): Float64Array {
  const dx = zerosOf(volume, 'inPixels');
  forEachPool(volume, (yi, xis) => {
    for (const xi of xis) dx[xi]! += dy[yi]! / xis.length;
  });
  return dx;
}

export function maxPool3d(x: Numbers, volume: VolumeWindow): Float64Array {
  const y = zerosOf(volume, 'outPixels');
  forEachPool(volume, (yi, xis) => {
    y[yi] = Math.max(...xis.map((xi) => x[xi]!));
  });
  return y;
}

export function maxPool3dGradient(x: Numbers, dy: Numbers, volume: VolumeWindow): Float64Array {
  const dx = zerosOf(volume, 'inPixels');
  forEachPool(volume, (yi, xis) => {
    const values = xis.map((xi) => x[xi]!);
    const nan = values.findIndex(Number.isNaN);
    const first = nan >= 0 ? nan : values.indexOf(Math.max(...values));
    if (xis.length > 0) dx[xis[first]!]! += dy[yi]!;
  });
  return dx;
}
