/** A node of a graph model, as tfjs-converter hands it to an op that was registered with `tf.registerOp`. */
import type * as tf from '@tensorflow/tfjs-core';
import { OptionError } from '../errors.js';

/** The public part is tfjs-converter's `GraphNode`. */
export interface GraphNode {
  /** In the order of TensorFlow's op; control inputs come last, and may be undefined. */
  readonly inputs: readonly (tf.Tensor | undefined)[];
  /** By TensorFlow's names; strings are in lower case, and what the file leaves out is missing. */
  readonly attrs: Readonly<Record<string, unknown>>;
  /** The node itself, which tfjs-converter has here without declaring it. */
  readonly node?: {
    readonly name: string;
    readonly op: string;
    readonly children: readonly { readonly name: string; readonly inputNames: readonly string[] }[];
  };
}

/** How errors name a node. */
export const titleOf = ({ node }: GraphNode, op: string): string =>
  node === undefined ? `A graph node of op ${op}` : `Graph node '${node.name}' (${op})`;

/** An attribute of the type that TensorFlow declares for it, or TensorFlow's default if the file leaves it out. */
export function attribute<T extends boolean | number | string>(
  title: string,
  { attrs }: GraphNode,
  name: string,
  fallback: T,
): T {
  const value = attrs[name];
  if (value === undefined || value === null) return fallback;
  if (typeof value !== typeof fallback) {
    throw new OptionError(`${title}: ${name} must be a ${typeof fallback}, got ${String(value)}`);
  }
  return value as T;
}

/**
 * In the functions of a model (branches and loop bodies), a node is read as `name:output:0`, of which tfjs-converter takes the number
 * alone: every output of a registered op would be its first.
 *
 * @throws OptionError if another output than the first is read so.
 */
export function checkReaders(title: string, { node }: GraphNode, firstOutput: string): void {
  for (const reader of node?.children ?? []) {
    for (const input of reader.inputNames) {
      const [name, output, index] = input.split(':');
      if (index === undefined || name !== node!.name || output === firstOutput) continue;
      throw new OptionError(
        `${title}: node '${reader.name}' in a function of the model reads its output '${output}', but TensorFlow.js would hand it ` +
          `'${firstOutput}': keep '${output}' out of branches and loop bodies when the model is exported`,
      );
    }
  }
}
