/** The cases of every layer of tf.layers, by the name of the function that makes it. */
import type { GradientCase } from '../table/case.js';

export const layers: Record<string, GradientCase[]> = {};
