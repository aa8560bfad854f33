/** Writes an ONNX model: a graph of operators on tensors, as the bytes of its file. */
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  type AttributeProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  TensorProto_DataType,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from 'onnx-buf';

/** A float32 tensor that goes in or comes out; a size that has a name may differ from call to call. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

/** A tensor that is part of the model: float32, or the 64-bit whole numbers that operators take as sizes. */
export interface OnnxConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export type OnnxAttribute =
  | { readonly float: number }
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly text: string };

export interface OnnxNode {
  /** For example 'Conv'. */
  readonly operator: string;
  /** Names of values; empty for an optional one that is left out. */
  readonly inputs: readonly string[];
  /** Name of its value; a list if it has several. */
  readonly output: string | readonly string[];
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

/** The bytes of an `.onnx` file, as onnx.proto describes it (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  const message = create(ModelProtoSchema, {
    irVersion: BigInt(model.irVersion),
    producerName: '@bn/exchange',
    opsetImport: [{ domain: '', version: BigInt(model.opset) }],
    metadataProps: Object.entries(model.metadata ?? {}).map(([key, value]) => ({ key, value })),
    graph: {
      name: model.name,
      node: model.nodes.map(encodeNode),
      initializer: model.constants.map(encodeConstant),
      input: model.inputs.map(encodeValue),
      output: model.outputs.map(encodeValue),
    },
  });
  return toBinary(ModelProtoSchema, message);
}

const encodeNode = ({
  operator,
  inputs,
  output,
  attributes = {},
}: OnnxNode): MessageInitShape<typeof NodeProtoSchema> => ({
  input: [...inputs],
  output: [output].flat(),
  opType: operator,
  attribute: Object.entries(attributes).map(([name, value]) => ({ name, ...encodeAttribute(value) })),
});

function encodeAttribute(attribute: OnnxAttribute): MessageInitShape<typeof AttributeProtoSchema> {
  const type = AttributeProto_AttributeType;
  if ('float' in attribute) return { f: attribute.float, type: type.FLOAT };
  if ('int' in attribute) return { i: BigInt(attribute.int), type: type.INT };
  if ('text' in attribute) return { s: new TextEncoder().encode(attribute.text), type: type.STRING };
  return { ints: attribute.ints.map(BigInt), type: type.INTS };
}

const encodeConstant = ({ name, shape, data }: OnnxConstant): MessageInitShape<typeof TensorProtoSchema> => ({
  name,
  dims: shape.map(BigInt),
  dataType: data instanceof Float32Array ? TensorProto_DataType.FLOAT : TensorProto_DataType.INT64,
  rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
});

const encodeValue = ({ name, shape }: OnnxValue): MessageInitShape<typeof ValueInfoProtoSchema> => ({
  name,
  type: {
    value: {
      case: 'tensorType',
      value: {
        elemType: TensorProto_DataType.FLOAT,
        shape: {
          dim: shape.map((size) => ({
            value:
              typeof size === 'number'
                ? { case: 'dimValue', value: BigInt(size) }
                : { case: 'dimParam', value: size },
          })),
        },
      },
    },
  },
});
