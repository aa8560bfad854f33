/** Builds the nodes and constants of an ONNX graph, one after the other. */
import type { OnnxConstant, OnnxNode } from './model.js';

export type Shape = readonly (number | null)[];

/**
 * A value in the graph. Its shape is that of tf.layers; ONNX's operators on images want channels first, and give them so: then
 * the value has its axes in that order, until an operator wants them in the order of tf.layers.
 */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
  /** Whether the last axis of `shape` comes second. */
  readonly channelsFirst: boolean;
}

export class Graph {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxConstant[] = [];
  readonly #names = new Set<string>();
  /** Values in the other order, by the name of the value. */
  readonly #turned = new Map<string, Value>();

  /** A name that nothing else has. */
  unique(wanted: string): string {
    let name = wanted;
    for (let count = 1; this.#names.has(name); count++) name = `${wanted}_${count}`;
    this.#names.add(name);
    return name;
  }

  constant(name: string, shape: readonly number[], data: Float32Array | BigInt64Array): string {
    const own = this.unique(name);
    this.constants.push({ name: own, shape, data });
    return own;
  }

  /** Whole numbers, in which operators take sizes and axes. */
  integers(name: string, values: readonly number[]): string {
    return this.constant(name, [values.length], BigInt64Array.from(values, BigInt));
  }

  scalar(name: string, value: number): string {
    return this.constant(name, [], Float32Array.of(value));
  }

  /** Adds an operator and gives the name of its output. */
  node(
    name: string,
    operator: string,
    inputs: readonly string[],
    attributes: NonNullable<OnnxNode['attributes']> = {},
  ): string {
    const output = this.unique(name);
    this.nodes.push({ operator, inputs, output, attributes });
    return output;
  }

  /** The value with its axes in tf.layers' order. */
  channelsLast(value: Value): Value {
    const rank = value.shape.length;
    return value.channelsFirst ? this.#turn(value, [0, ...range(2, rank), 1]) : value;
  }

  /** The value with the last axis of tf.layers second. */
  channelsFirst(value: Value): Value {
    const rank = value.shape.length;
    return value.channelsFirst || rank < 3 ? value : this.#turn(value, [0, rank - 1, ...range(1, rank - 1)]);
  }

  #turn(value: Value, axes: readonly number[]): Value {
    const known = this.#turned.get(value.name);
    if (known) return known;
    const name = this.node(`${value.name}/transposed`, 'Transpose', [value.name], { perm: { ints: axes } });
    const turned = { ...value, name, channelsFirst: !value.channelsFirst };
    this.#turned.set(value.name, turned);
    this.#turned.set(name, value);
    return turned;
  }
}

export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);
