/**
 * One training step of LeNet, in the plain words of tfjs: 256 images of 28x28, two convolutions with sigmoid and average
 * pooling, three dense layers, softmax cross-entropy, SGD.
 */
const BATCH = 256;
const LEARNING_RATE = 0.9;

/** A function that does one step each time it is called, on weights of its own. */
export function lenetStep(tf) {
  const weight = (...shape) => {
    // Xavier's uniform bound; a convolution's fans count its taps.
    const taps = shape.slice(0, -2).reduce((product, length) => product * length, 1);
    const [fanIn, fanOut] = shape.slice(-2);
    const bound = Math.sqrt(6 / (taps * (fanIn + fanOut)));
    return tf.variable(tf.randomUniform(shape, -bound, bound));
  };
  const bias = (length) => tf.variable(tf.zeros([length]));
  const [filter1, filter2] = [weight(5, 5, 1, 6), weight(5, 5, 6, 16)];
  const [dense1, dense2, dense3] = [weight(256, 120), weight(120, 84), weight(84, 10)];
  const [bias1, bias2, bias3, bias4, bias5] = [6, 16, 120, 84, 10].map(bias);

  const images = tf.randomUniform([BATCH, 28, 28, 1]);
  const labels = tf.oneHot(tf.randomUniform([BATCH], 0, 10, 'int32'), 10);
  const optimizer = tf.train.sgd(LEARNING_RATE);

  const block = (x, filter, offset) =>
    tf.avgPool(tf.sigmoid(tf.add(tf.conv2d(x, filter, 1, 'valid'), offset)), 2, 2, 'valid');
  const dense = (x, matrix, offset) => tf.add(tf.matMul(x, matrix), offset);
  const loss = () => {
    const features = tf.reshape(block(block(images, filter1, bias1), filter2, bias2), [BATCH, 256]);
    const hidden = tf.sigmoid(dense(tf.sigmoid(dense(features, dense1, bias3)), dense2, bias4));
    return tf.losses.softmaxCrossEntropy(labels, dense(hidden, dense3, bias5));
  };
  return () => {
    optimizer.minimize(loss);
  };
}
