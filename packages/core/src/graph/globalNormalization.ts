/**
 * TensorFlow's BatchNormWithGlobalNormalization, of files older than FusedBatchNorm, with x of channels last:
 *
 *     y = (x - mean) / sqrt(variance + variance_epsilon) * gamma + beta
 *
 * without gamma if scale_after_normalization is false.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { OptionError, ShapeError } from '../errors.js';
import { runInference } from '../functions/batchNorm.js';
import { checkEpsilon, checkInput, checkParameter } from '../options.js';
import { batchNormView, formatShape } from '../view.js';
import { type GraphNode, titleOf } from './graphNode.js';

/** BatchNormWithGlobalNormalization; both attributes have no default. */
export const globalNormalization =
  (op: string) =>
  (node: GraphNode): tf.Tensor => {
    const title = titleOf(node, op);
    const [x, mean, variance, beta, gamma] = node.inputs as tf.Tensor[];
    const { variance_epsilon: epsilon, scale_after_normalization: scales } = node.attrs;
    checkInput(title, 'x', x!);
    if (x!.rank !== 4) {
      throw new ShapeError(`${title}: x must have rank 4, got shape ${formatShape(x!.shape)}`);
    }
    if (typeof epsilon !== 'number' || typeof scales !== 'boolean') {
      throw new OptionError(
        `${title}: variance_epsilon must be a number and scale_after_normalization true or false, got ${String(epsilon)} and ` +
          `${String(scales)}; write them into model.json`,
      );
    }
    const view = batchNormView(x!.shape, 'channelsLast', undefined, title);
    const parameter = (name: string, value: tf.Tensor | undefined) =>
      checkParameter(title, name, checkInput(title, name, value!), [view.channels])!;
    return runInference(
      x!,
      parameter('mean', mean),
      parameter('variance', variance),
      scales ? parameter('gamma', gamma) : undefined,
      parameter('beta', beta),
      { view, epsilon: checkEpsilon(title, epsilon, true) },
    );
  };
