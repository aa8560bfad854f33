/** The messages of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) that a model of ours is made of. */
import protobuf from 'protobufjs/light.js';

type Fields = Readonly<Record<string, readonly [type: string, id: number]>>;

/** A type with [] behind it is repeated. */
const message = (fields: Fields) => ({
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, [type, id]]) => [
      name,
      type.endsWith('[]') ? { rule: 'repeated', type: type.slice(0, -2), id } : { type, id },
    ]),
  ),
});

const root = protobuf.Root.fromJSON({
  nested: {
    Model: message({
      irVersion: ['int64', 1],
      producerName: ['string', 2],
      producerVersion: ['string', 3],
      graph: ['Graph', 7],
      opsetImport: ['OperatorSet[]', 8],
      metadataProps: ['Entry[]', 14],
    }),
    OperatorSet: message({ domain: ['string', 1], version: ['int64', 2] }),
    Entry: message({ key: ['string', 1], value: ['string', 2] }),
    Graph: message({
      node: ['Node[]', 1],
      name: ['string', 2],
      initializer: ['Tensor[]', 5],
      input: ['ValueInfo[]', 11],
      output: ['ValueInfo[]', 12],
    }),
    Node: message({
      input: ['string[]', 1],
      output: ['string[]', 2],
      opType: ['string', 4],
      attribute: ['Attribute[]', 5],
    }),
    Attribute: message({
      name: ['string', 1],
      f: ['float', 2],
      i: ['int64', 3],
      ints: ['int64[]', 8],
      type: ['int32', 20],
    }),
    Tensor: message({
      dims: ['int64[]', 1],
      dataType: ['int32', 2],
      name: ['string', 8],
      rawData: ['bytes', 9],
    }),
    ValueInfo: message({ name: ['string', 1], type: ['Type', 2] }),
    Type: message({ tensorType: ['TensorType', 1] }),
    TensorType: message({ elemType: ['int32', 1], shape: ['Shape', 2] }),
    Shape: message({ dim: ['Dimension[]', 1] }),
    Dimension: message({ dimValue: ['int64', 1], dimParam: ['string', 2] }),
  },
});

export const modelType = root.lookupType('Model');
