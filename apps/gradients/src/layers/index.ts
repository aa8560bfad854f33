/** The cases of every layer of tf.layers, by the name of the function that makes it. */
import type { GradientCase } from '../table/case.js';
import { basic } from './basic.js';
import { convolutional } from './convolutional.js';
import { recurrents } from './recurrent.js';

/** A test holds this list to tf.layers. */
export const layers: Record<string, GradientCase[]> = { ...basic, ...convolutional, ...recurrents };
