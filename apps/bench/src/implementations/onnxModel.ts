/**
 * An ONNX model of one node, as the bytes of its protocol buffer: no maintained package writes them. Field numbers are those
 * of onnx.proto.
 */

type Input = readonly [name: string, shape: readonly number[]];

const FLOAT = 1;
const IR_VERSION = 8;

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}

const integer = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];

const nested = (field: number, bytes: readonly number[]): number[] => [
  ...varint(field * 8 + 2),
  ...varint(bytes.length),
  ...bytes,
];

const text = (field: number, value: string): number[] => nested(field, [...new TextEncoder().encode(value)]);

const float = (field: number, value: number): number[] => [
  ...varint(field * 8 + 5),
  ...new Uint8Array(new Float32Array([value]).buffer),
];

/** ValueInfoProto of a float32 tensor. */
function tensor([name, shape]: Input): number[] {
  const dimensions = shape.flatMap((size) => nested(1, integer(1, size)));
  const tensorType = [...integer(1, FLOAT), ...nested(2, dimensions)];
  return [...text(1, name), ...nested(2, nested(1, tensorType))];
}

/** The model y = operator(inputs) with the attribute epsilon; y is shaped as the first input. */
export function onnxModel(
  operator: string,
  opset: number,
  inputs: readonly Input[],
  epsilon: number,
): Uint8Array {
  const attribute = [...text(1, 'epsilon'), ...float(2, epsilon), ...integer(20, FLOAT)];
  const node = [
    ...inputs.flatMap(([name]) => text(1, name)),
    ...text(2, 'y'),
    ...text(4, operator),
    ...nested(5, attribute),
  ];
  const graph = [
    ...nested(1, node),
    ...text(2, 'normalization'),
    ...inputs.flatMap((input) => nested(11, tensor(input))),
    ...nested(12, tensor(['y', inputs[0]![1]])),
  ];
  return Uint8Array.from([...integer(1, IR_VERSION), ...nested(7, graph), ...nested(8, integer(2, opset))]);
}
