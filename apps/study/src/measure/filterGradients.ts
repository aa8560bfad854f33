/**
 * How the gradient of a 3x3 filter comes about (Bjorck and others, table 1). The filter's gradient is a sum over images b and
 * positions (x, y) of dL/dO(b, x, y, o) * I(b, x + dx, y + dy, i). For each element of the filter:
 *
 *     a = sum over b, x, y of |.|,  b = sum over b of |sum over x, y|,  c = sum over x, y of |sum over b|,  d = |sum over b, x, y|
 *
 * All are equal if every image and position pushes the same way; d is small beside a if they cancel.
 */
import { crossEntropy } from '@bn/lenet';
import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../data/batches.js';
import { layerOf, type Network } from '../models/network.js';
import { measuring } from './gradient.js';

export interface Sums {
  /** Means over the filter's elements. */
  readonly absolute: number;
  readonly perImage: number;
  readonly perPosition: number;
  readonly total: number;
}

export interface Image4 {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** The sums for a layer's filter: a 3x3 convolution of stride 1 with a border of zeros. */
export async function filterGradientSums(network: Network, batch: Batch, layer: string): Promise<Sums> {
  const { input, gradient } = await atConvolution(network, batch, layer);
  return sumsOf(input, gradient);
}

/** What goes into a layer, and dL/dO of what comes out of its weights. */
async function atConvolution(
  network: Network,
  batch: Batch,
  name: string,
): Promise<{ input: Image4; gradient: Image4 }> {
  layerOf(network, name);
  let input: tf.Tensor | undefined;
  let shape: number[] = [];
  tf.tidy(() => {
    network.forward(batch.images, {
      ...measuring,
      hook: (layer, place, value) => {
        if (layer === name && place === 'input') input = tf.keep(tf.clone(value));
        if (layer === name && place === 'output') shape = value.shape;
        return undefined;
      },
    });
  });
  const probe = tf.zeros(shape);
  const gradient = tf.tidy(() =>
    tf.grad((zeros: tf.Tensor) =>
      crossEntropy(
        network.forward(batch.images, {
          ...measuring,
          hook: (layer, place, value) =>
            layer === name && place === 'output' ? tf.add(value, zeros) : undefined,
        }),
        batch.labels,
      ),
    )(probe),
  );
  const values = await Promise.all([input!.data(), gradient.data()]);
  const result = {
    input: { shape: input!.shape, values: values[0].slice() },
    gradient: { shape, values: values[1].slice() },
  };
  tf.dispose([input!, probe, gradient]);
  return result;
}

/** Both `[N, height, width, channels]`, of the same height and width. */
export function sumsOf(input: Image4, gradient: Image4): Sums {
  const [images, height, width, inputs] = input.shape as [number, number, number, number];
  const outputs = gradient.shape[3]!;
  const sums = { absolute: 0, perImage: 0, perPosition: 0, total: 0 };
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      for (let i = 0; i < inputs; i++) {
        for (let o = 0; o < outputs; o++) {
          const ofPosition = new Float64Array(height * width);
          let total = 0;
          for (let image = 0; image < images; image++) {
            let ofImage = 0;
            for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
              for (let x = Math.max(0, -dx); x < Math.min(width, width - dx); x++) {
                const there = ((image * height + y + dy) * width + x + dx) * inputs + i;
                const here = ((image * height + y) * width + x) * outputs + o;
                const term = input.values[there]! * gradient.values[here]!;
                sums.absolute += Math.abs(term);
                ofImage += term;
                ofPosition[y * width + x]! += term;
              }
            }
            sums.perImage += Math.abs(ofImage);
            total += ofImage;
          }
          for (const sum of ofPosition) sums.perPosition += Math.abs(sum);
          sums.total += Math.abs(total);
        }
      }
    }
  }
  const elements = 9 * inputs * outputs;
  return {
    absolute: sums.absolute / elements,
    perImage: sums.perImage / elements,
    perPosition: sums.perPosition / elements,
    total: sums.total / elements,
  };
}
