/** A layer of tf.layers at one place of the graph, as the functions that export it see it. */
import { OnnxError } from '../errors.js';
import type { Graph, Shape, Value } from './graph.js';

export interface Weight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export class LayerCall {
  constructor(
    readonly graph: Graph,
    readonly name: string,
    readonly className: string,
    readonly config: Readonly<Record<string, unknown>>,
    readonly inputs: readonly Value[],
    /** In tf.layers' order of axes. */
    readonly outputShape: Shape,
    private readonly weights: ReadonlyMap<string, Weight>,
  ) {}

  /** The input, of layers that have one. */
  get input(): Value {
    return this.inputs[0]!;
  }

  get rank(): number {
    return this.input.shape.length;
  }

  /** A weight by its name in tf.layers, for example 'kernel'; undefined if the layer has none. */
  weight(name: string): Weight | undefined {
    return this.weights.get(name);
  }

  /** An option that tf.layers has checked. */
  option<T>(name: string): T {
    return this.config[name] as T;
  }

  /** Adds an operator named after the layer, whose output has the layer's shape. */
  output(
    operator: string,
    inputs: readonly string[],
    attributes: Parameters<Graph['node']>[3] = {},
    channelsFirst = false,
  ): Value {
    const name = this.graph.node(this.name, operator, inputs, attributes);
    return { name, shape: this.outputShape, channelsFirst };
  }

  constant(name: string, shape: readonly number[], data: Float32Array): string {
    return this.graph.constant(`${this.name}/${name}`, shape, data);
  }

  integers(name: string, values: readonly number[]): string {
    return this.graph.integers(`${this.name}/${name}`, values);
  }

  /** @param reason For example "option 'axis': expected the last one, got 2; permute its input". */
  refuse(reason: string): never {
    throw notExported(this.name, this.className, reason);
  }
}

export const notExported = (name: string, className: string, reason: string): OnnxError =>
  new OnnxError(`layer '${name}' (${className}) cannot be exported: ${reason}`);

/** Adds the layer's operators to its graph, and gives its output. */
export type ExportLayer = (call: LayerCall) => Value;
