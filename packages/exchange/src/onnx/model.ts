/** Writes an ONNX model: a graph of operators on float32 tensors, as the bytes of its file. */
import { modelType } from './schema.js';

/** A float32 tensor that goes in or comes out; a size that has a name may differ from call to call. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

/** A float32 tensor that is part of the model. */
export interface OnnxConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export type OnnxAttribute =
  | { readonly float: number }
  | { readonly int: number }
  | { readonly ints: number[] };

export interface OnnxNode {
  /** For example 'Conv'. */
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxModel {
  readonly name: string;
  /** The version of ONNX's operators. */
  readonly opset: number;
  /** The version of the file format; the smallest that has the opset. */
  readonly irVersion: number;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly constants: readonly OnnxConstant[];
  /** In the order of computation. */
  readonly nodes: readonly OnnxNode[];
  readonly metadata?: Readonly<Record<string, string>>;
}

/** TensorProto.DataType. */
const float32 = 1;
/** AttributeProto.AttributeType. */
const attributeTypes = { float: 1, int: 2, ints: 7 } as const;

export function encodeOnnx(model: OnnxModel): Uint8Array {
  return modelType
    .encode({
      irVersion: model.irVersion,
      producerName: '@bn/exchange',
      opsetImport: [{ domain: '', version: model.opset }],
      metadataProps: Object.entries(model.metadata ?? {}).map(([key, value]) => ({ key, value })),
      graph: {
        name: model.name,
        node: model.nodes.map(encodeNode),
        initializer: model.constants.map(encodeConstant),
        input: model.inputs.map(encodeValue),
        output: model.outputs.map(encodeValue),
      },
    })
    .finish();
}

const encodeNode = ({ operator, inputs, output, attributes = {} }: OnnxNode) => ({
  input: inputs,
  output: [output],
  opType: operator,
  attribute: Object.entries(attributes).map(([name, value]) => ({ name, ...encodeAttribute(value) })),
});

function encodeAttribute(attribute: OnnxAttribute) {
  if ('float' in attribute) return { f: attribute.float, type: attributeTypes.float };
  if ('int' in attribute) return { i: attribute.int, type: attributeTypes.int };
  return { ints: attribute.ints, type: attributeTypes.ints };
}

const encodeConstant = ({ name, shape, data }: OnnxConstant) => ({
  name,
  dims: shape,
  dataType: float32,
  rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

const encodeValue = ({ name, shape }: OnnxValue) => ({
  name,
  type: {
    tensorType: {
      elemType: float32,
      shape: {
        dim: shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size })),
      },
    },
  },
});
