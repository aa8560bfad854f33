/**
 * Models of TensorFlow.js from and for others: safetensors and ONNX.
 *
 * @packageDocumentation
 */
export {
  ArrayError,
  DtypeError,
  ExchangeError,
  type ExchangeErrorDetails,
  SafetensorsError,
} from './errors.js';
export {
  encodeOnnx,
  type OnnxAttribute,
  type OnnxConstant,
  type OnnxModel,
  type OnnxNode,
  type OnnxValue,
} from './onnx/model.js';
export type {
  ArrayDescription,
  NamedArray,
  NamedArrays,
  SafetensorsContents,
} from './safetensors/arrays.js';
export type { Dtype, DtypeData } from './safetensors/dtypes.js';
export {
  type ByteSource,
  openSafetensors,
  readSafetensors,
  type SafetensorsFile,
} from './safetensors/read.js';
export {
  type LateArray,
  type LateContents,
  safetensorsPieces,
  writeSafetensors,
} from './safetensors/write.js';
