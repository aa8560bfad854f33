/**
 * Models of TensorFlow.js from and for others: safetensors and ONNX.
 *
 * @packageDocumentation
 */
export { DtypeError, ExchangeError, type ExchangeErrorDetails, SafetensorsError } from './errors.js';
export {
  encodeOnnx,
  type OnnxAttribute,
  type OnnxConstant,
  type OnnxModel,
  type OnnxNode,
  type OnnxValue,
} from './onnx/model.js';
export {
  type NamedArray,
  type NamedArrays,
  readSafetensors,
  type SafetensorsContents,
  writeSafetensors,
} from './safetensors/safetensors.js';
