/** A small network of MobileNetV2's kind, in tf.layers: inverted residual blocks with batch normalization and ReLU6. */

/** Expansion, channels, repeats and first stride of each group of blocks, as in the paper's table 2, but narrower. */
const groups = [
  [1, 8, 1, 1],
  [6, 12, 2, 2],
  [6, 16, 2, 2],
  [6, 32, 2, 1],
];

/**
 * @param {typeof import('@tensorflow/tfjs')} tf
 * @param {{ size?: number, classes?: number, width?: number, normalization?: () => import('@tensorflow/tfjs').layers.Layer }} options
 *   `width` multiplies the channels; `normalization` makes the layers between convolution and ReLU6, tf.layers' own by default.
 */
export function mobileNet(
  tf,
  { size = 64, classes = 10, width = 1, normalization = () => tf.layers.batchNormalization() } = {},
) {
  let seed = 1;
  const initializer = () => tf.initializers.heNormal({ seed: seed++ });
  const convolve = (x, filters, kernelSize, strides = 1) =>
    tf.layers
      .conv2d({
        ...{ filters, kernelSize, strides, padding: 'same', useBias: false },
        kernelInitializer: initializer(),
      })
      .apply(x);
  const depthwise = (x, strides) =>
    tf.layers
      .depthwiseConv2d({
        ...{ kernelSize: 3, strides, padding: 'same', useBias: false },
        depthwiseInitializer: initializer(),
      })
      .apply(x);
  const normalize = (x) => normalization().apply(x);
  const activate = (x) => tf.layers.reLU({ maxValue: 6 }).apply(normalize(x));

  const block = (x, expansion, channels, strides) => {
    const inChannels = x.shape[3];
    const expanded = expansion === 1 ? x : activate(convolve(x, expansion * inChannels, 1));
    const projected = normalize(convolve(activate(depthwise(expanded, strides)), channels, 1));
    return strides === 1 && channels === inChannels ? tf.layers.add().apply([x, projected]) : projected;
  };

  const input = tf.input({ shape: [size, size, 3] });
  let x = activate(convolve(input, 16 * width, 3, 2));
  for (const [expansion, channels, repeats, strides] of groups) {
    for (let i = 0; i < repeats; i++) x = block(x, expansion, channels * width, i === 0 ? strides : 1);
  }
  x = tf.layers.globalAveragePooling2d({}).apply(activate(convolve(x, 64 * width, 1)));
  const dense = { units: classes, activation: 'softmax', kernelInitializer: initializer() };
  const model = tf.model({ inputs: input, outputs: tf.layers.dense(dense).apply(x) });
  model.compile({ optimizer: tf.train.sgd(0.05), loss: 'categoricalCrossentropy' });
  return model;
}
