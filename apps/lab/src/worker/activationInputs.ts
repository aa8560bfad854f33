/** What goes into each activation of a model, in inference mode, which does not touch its running statistics. */
import { type ActivatedLayer, BatchGatherer, inOrder, type LabelledImages, type LeNet } from '@bn/lenet';
import * as tf from '@tensorflow/tfjs';

/** In the order of the layers; images come channels last. The caller disposes the tensors. */
export function activationInputs(model: LeNet, probe: LabelledImages): Map<ActivatedLayer, tf.Tensor> {
  const { images, labels } = new BatchGatherer(probe, probe.count).gather(inOrder(probe), 0);
  const inputs = new Map<ActivatedLayer, tf.Tensor>();
  tf.dispose(
    model.forward(images, {
      training: false,
      inspect: (layer, input) => inputs.set(layer, tf.keep(tf.clone(input))),
    }),
  );
  tf.dispose([images, labels]);
  return inputs;
}
