/** The interface of every network of the study. */
import * as tf from '@tensorflow/tfjs';
import type { ForwardMode } from './forwardMode.js';
import type { Layer } from './layer.js';

export interface Network {
  /** In the order in which they are computed; the last one gives the logits. */
  readonly layers: readonly Layer[];
  /** Images `[N, height, width, channels]` to logits `[N, 10]`. */
  forward(images: tf.Tensor4D, mode: ForwardMode): tf.Tensor2D;
}

/** All variables that are trained, layer by layer. */
export const trainableOf = ({ layers }: Network): tf.Variable[] => layers.flatMap((layer) => layer.trainable);

/** The layer of that name. */
export function layerOf(network: Network, name: string): Layer {
  const layer = network.layers.find((candidate) => candidate.name === name);
  if (layer === undefined) {
    throw new RangeError(
      `the network has layers ${network.layers.map((l) => l.name).join(', ')}, not '${name}'`,
    );
  }
  return layer;
}

export function disposeNetwork({ layers }: Network): void {
  for (const layer of layers) layer.dispose();
}

/** Runs `use` with a network, and frees it whatever happens. */
export async function withNetwork<T>(network: Network, use: (network: Network) => Promise<T>): Promise<T> {
  try {
    return await use(network);
  } finally {
    disposeNetwork(network);
  }
}

/** Keeps what is made inside from growing: a forward pass whose result is the loss or the logits alone. */
export const logitsOf = (network: Network, images: tf.Tensor4D, mode: ForwardMode): tf.Tensor2D =>
  tf.tidy(() => network.forward(images, mode));
