// A model of tf.layers with one of our layers, saved and read again by its Keras name.
import * as tf from '@tensorflow/tfjs';
import '@bn/wasm';
import { useBackend } from '@bn/core';
import { GroupNormalization, registerKerasLayers } from '@bn/layers';

await useBackend('wasm');
registerKerasLayers();
const model = tf.sequential({ layers: [new GroupNormalization({ groups: 2, inputShape: [4] })] });
const again = await tf.models.modelFromJSON({ modelTopology: JSON.parse(model.toJSON() as string) });
const y = again.predict(tf.tensor2d([[1, 3, 10, 30]])) as tf.Tensor;
console.log(Array.from(y.dataSync(), (value) => value.toFixed(2)).join(' ')); // -1.00 1.00 -1.00 1.00
