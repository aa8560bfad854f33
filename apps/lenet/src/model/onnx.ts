/**
 * A trained LeNet as an ONNX model in inference form: images `[batch, 1, 28, 28]` in [0, 1] to logits `[batch, 10]`. The
 * weights are those of the state dict, whose layouts are ONNX's too.
 */
import { encodeOnnx, type OnnxConstant, type OnnxNode } from '@bn/exchange';
import { classCount, imageSize } from '../dataset/images.js';
import type { ActivatedLayer } from './architecture.js';
import { exportState } from './arrays.js';
import type { LeNet } from './lenet.js';
import { epsilon, groupsOf, type Norm } from './norms.js';
import type { NamedArrays } from './stateArrays.js';

/** The first opset whose GroupNormalization has a scale per channel, and the first format that has it. */
const versions = { opset: 21, irVersion: 10 };

export async function encodeLeNet(model: LeNet): Promise<Uint8Array> {
  const { norm, placement } = model;
  const graph = new GraphBuilder(await exportState(model), norm);
  const activate = (layer: ActivatedLayer, normName: string, x: string, channels: number): string => {
    const isImage = layer.startsWith('conv');
    const normalize = (input: string) => graph.norm(normName, input, channels, isImage);
    return placement === 'before' ? graph.sigmoid(normalize(x)) : normalize(graph.sigmoid(x));
  };
  let x = graph.averagePool(activate('conv1', 'norm1', graph.convolution('conv1', 'images'), 6));
  x = graph.averagePool(activate('conv2', 'norm2', graph.convolution('conv2', x), 16));
  x = activate('fc1', 'norm3', graph.dense('fc1', graph.flatten(x)), 120);
  x = activate('fc2', 'norm4', graph.dense('fc2', x), 84);
  graph.dense('fc3', x, 'logits');
  return encodeOnnx({
    ...versions,
    name: 'LeNet',
    inputs: [{ name: 'images', shape: ['batch', 1, imageSize, imageSize] }],
    outputs: [{ name: 'logits', shape: ['batch', classCount] }],
    constants: graph.constants,
    nodes: graph.nodes,
    metadata: { norm, placement },
  });
}

/** Adds nodes one after the other; each method takes the names of its inputs and gives that of its output. */
class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxConstant[] = [];

  constructor(
    private readonly state: NamedArrays,
    private readonly kind: Norm,
  ) {}

  convolution(layer: string, x: string): string {
    return this.#node('Conv', [x, this.#weight(`${layer}.weight`), this.#weight(`${layer}.bias`)]);
  }

  dense(layer: string, x: string, output?: string): string {
    const inputs = [x, this.#weight(`${layer}.weight`), this.#weight(`${layer}.bias`)];
    return this.#node('Gemm', inputs, { transB: { int: 1 } }, output);
  }

  averagePool(x: string): string {
    return this.#node('AveragePool', [x], { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } });
  }

  flatten(x: string): string {
    return this.#node('Flatten', [x]);
  }

  sigmoid(x: string): string {
    return this.#node('Sigmoid', [x]);
  }

  /** What norms.ts puts in the place of `name`, as ONNX has it. */
  norm(name: string, x: string, channels: number, isImage: boolean): string {
    switch (this.kind) {
      case 'none':
        return x;
      case 'batch':
        return this.#normalization('BatchNormalization', [
          ...[x, this.#weight(`${name}.weight`), this.#weight(`${name}.bias`)],
          ...[this.#weight(`${name}.running_mean`), this.#weight(`${name}.running_var`)],
        ]);
      case 'group':
        return this.#group(name, x, groupsOf(channels));
      case 'layer':
        return isImage ? this.#group(name, x, 1) : this.#layer(name, x);
      case 'instance':
        return isImage ? this.#instance(name, x, channels) : this.#layer(name, x);
    }
  }

  #group(name: string, x: string, groups: number): string {
    const inputs = [x, this.#weight(`${name}.weight`), this.#weight(`${name}.bias`)];
    return this.#normalization('GroupNormalization', inputs, { num_groups: { int: groups } });
  }

  #layer(name: string, x: string): string {
    return this.#normalization('LayerNormalization', [
      ...[x, this.#weight(`${name}.weight`), this.#weight(`${name}.bias`)],
    ]);
  }

  /** Ours has no gamma and beta, as in PyTorch; ONNX's must have them. */
  #instance(name: string, x: string, channels: number): string {
    return this.#normalization('InstanceNormalization', [
      x,
      this.#constant(`${name}.weight`, [channels], new Float32Array(channels).fill(1)),
      this.#constant(`${name}.bias`, [channels], new Float32Array(channels)),
    ]);
  }

  #normalization(
    operator: string,
    inputs: readonly string[],
    attributes: OnnxNode['attributes'] = {},
  ): string {
    return this.#node(operator, inputs, { epsilon: { float: epsilon }, ...attributes });
  }

  #weight(name: string): string {
    const { shape, data } = this.state[name]!;
    return this.#constant(name, shape, data as Float32Array);
  }

  #constant(name: string, shape: readonly number[], data: Float32Array): string {
    this.constants.push({ name, shape, data });
    return name;
  }

  #node(
    operator: string,
    inputs: readonly string[],
    attributes: OnnxNode['attributes'] = {},
    output = `${operator}${this.nodes.length}`,
  ): string {
    this.nodes.push({ operator, inputs, output, attributes });
    return output;
  }
}
