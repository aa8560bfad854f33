/**
 * Batch normalization in graph models (`tf.loadGraphModel`) as TensorFlow computes it: tfjs-converter drops `is_training` and
 * `data_format` of the FusedBatchNorm ops, so that a model that normalizes with the statistics of its batch silently gives NaN, and a model of
 * channels first wrong numbers. The ops here take their place.
 *
 * @packageDocumentation
 */
import '../dispatch/gradients.js';
import type * as tf from '@tensorflow/tfjs-core';
import { OptionError } from '../errors.js';
import { fusedBatchNorm, fusedBatchNormEx } from './fusedBatchNorm.js';
import { globalNormalization } from './globalNormalization.js';
import type { GraphNode } from './graphNode.js';

export type { GraphNode } from './graphNode.js';

/** Where graph models find their ops: `@tensorflow/tfjs` or `@tensorflow/tfjs-converter`, as imported. */
export interface OpRegistry {
  registerOp(name: string, op: (node: GraphNode) => tf.Tensor | tf.Tensor[]): void;
  deregisterOp(name: string): void;
}

const ops: Readonly<Record<string, (op: string) => (node: GraphNode) => tf.Tensor | tf.Tensor[]>> = {
  FusedBatchNorm: fusedBatchNorm,
  FusedBatchNormV2: fusedBatchNorm,
  FusedBatchNormV3: fusedBatchNorm,
  _FusedBatchNormEx: fusedBatchNormEx,
  BatchNormWithGlobalNormalization: globalNormalization,
};

/**
 * From now on, graph models that are loaded run batch normalization as TensorFlow does, on any backend and with gradients:
 * FusedBatchNorm, V2 and V3 with `is_training` true or false, in every `data_format`, with all their outputs, and
 * _FusedBatchNormEx and BatchNormWithGlobalNormalization, which tfjs lacks. Models that were loaded before stay as they are. Calling it
 * again changes nothing.
 *
 * Nodes of NHWC with given statistics, which tfjs has right, go on to run `tf.batchNorm`; `registerFusedBatchNorm` of
 * `@bn/core/accelerate` puts our kernels below it.
 *
 * A running model throws a NormalizationError that names the node, the input or attribute, and what to do: OptionError for an
 * attribute that is unknown, out of range, or missing if TensorFlow's default contradicts the given statistics; ShapeError for
 * statistics that are missing or do not fit, and for training over one value per channel; DtypeError for an x other than float32.
 *
 * @param registry The tfjs that loads the models: `@tensorflow/tfjs` or `@tensorflow/tfjs-converter`.
 * @throws OptionError if it is neither.
 */
export function registerGraphOps(registry: OpRegistry): void {
  checkRegistry('registerGraphOps', registry);
  for (const [name, op] of Object.entries(ops)) registry.registerOp(name, op(name));
}

/**
 * Gives the ops back to tfjs. Models that were loaded in between must be loaded again.
 *
 * @throws OptionError as `registerGraphOps`.
 */
export function unregisterGraphOps(registry: OpRegistry): void {
  checkRegistry('unregisterGraphOps', registry);
  for (const name of Object.keys(ops)) registry.deregisterOp(name);
}

function checkRegistry(name: string, registry: OpRegistry): void {
  if (typeof registry?.registerOp === 'function' && typeof registry.deregisterOp === 'function') return;
  throw new OptionError(
    `${name}: registry must be the tfjs that loads the models, with registerOp and deregisterOp: import * as tf from ` +
      `'@tensorflow/tfjs' (or '@tensorflow/tfjs-converter') and call ${name}(tf)`,
  );
}
