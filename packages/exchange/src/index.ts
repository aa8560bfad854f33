/**
 * Models of TensorFlow.js from and for others: safetensors, state dicts of PyTorch, ONNX.
 *
 * @packageDocumentation
 */
export {
  ArrayError,
  DtypeError,
  ExchangeError,
  type ExchangeErrorDetails,
  OnnxError,
  SafetensorsError,
  type StateDictDifference,
  StateDictError,
} from './errors.js';
export { exportOnnx } from './onnx/exportOnnx.js';
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
export { shownValue } from './shownValue.js';
export {
  type LoadTorchOptions,
  type LoadTorchReport,
  loadTorchStateDict,
} from './torch/loadTorchStateDict.js';
export type { TorchFile } from './torch/stateDict.js';
export { wrapperPrefix } from './torch/wrapperPrefix.js';
