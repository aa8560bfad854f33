/** Poolings with windows, and those over a whole image. */
import type { ExportLayer } from '../call.js';
import { imageOf, imageOutput, padsOf, sizes } from './windows.js';

const pooling =
  (operator: 'MaxPool' | 'AveragePool', axes: number): ExportLayer =>
  (call) => {
    const { x, spatial } = imageOf(call);
    const window = sizes(call, 'poolSize', axes, 2);
    const strides = call.config.strides === null ? window : sizes(call, 'strides', axes, 2);
    return imageOutput(call, operator, [x], {
      kernel_shape: { ints: window },
      strides: { ints: strides },
      // What is padded does not count in an average, in TensorFlow and by ONNX's default.
      pads: { ints: padsOf(call, spatial, window, strides) },
    });
  };

/** [N, ...spatial, C] to [N, C]. */
const globalPooling =
  (operator: 'GlobalMaxPool' | 'GlobalAveragePool'): ExportLayer =>
  (call) => {
    const pooled = call.graph.node(`${call.name}/pooled`, operator, [imageOf(call).x]);
    return call.output('Flatten', [pooled]);
  };

export const poolings: Readonly<Record<string, ExportLayer>> = {
  MaxPooling1D: pooling('MaxPool', 1),
  MaxPooling2D: pooling('MaxPool', 2),
  MaxPooling3D: pooling('MaxPool', 3),
  AveragePooling1D: pooling('AveragePool', 1),
  AveragePooling2D: pooling('AveragePool', 2),
  AveragePooling3D: pooling('AveragePool', 3),
  GlobalMaxPooling1D: globalPooling('GlobalMaxPool'),
  GlobalMaxPooling2D: globalPooling('GlobalMaxPool'),
  GlobalAveragePooling1D: globalPooling('GlobalAveragePool'),
  GlobalAveragePooling2D: globalPooling('GlobalAveragePool'),
};
