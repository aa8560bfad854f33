/**
 * What Keras does around the call of a layer and tfjs leaves out: masks that go with the tensors, `training` as a call in the
 * graph has it, and a model's `trainable` that reaches the layers inside. A layer cannot do this from within, so that tfjs's
 * own methods are wrapped when this module is imported. tfjs computes the same as before, but for calls whose graph says
 * `training` or brings another mask than the executor hands over, and for the rules of masks that are replaced.
 */
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { classOf } from '../tfjsClasses.js';
import {
  type Call,
  currentCall,
  type Keywords,
  type Layer,
  type Mask,
  takeGraphCall,
  toList,
  watchOutputs,
  whileRunning,
} from './calls.js';
import {
  replaceAverage,
  replaceBidirectional,
  replaceMergeRule,
  supportMasking,
  takesMask,
} from './maskRules.js';
import { maskInCall, maskOf, ownMask, passMasks, withMasks } from './masks.js';
import { withMaskPerStep } from './timeDistributed.js';
import { setTrainableInside } from './trainable.js';
import { checkTraining } from './training.js';
import { keepStatisticsOfTfjs, refuseUnknownStatistics, updatesStatistics } from './updateStatistics.js';

type Apply = Layer['apply'];
type Inputs = Parameters<Apply>[0];

function wrapApply(prototype: Layer): void {
  const { apply } = prototype;
  prototype.apply = function (this: Layer, inputs: Inputs, keywords: Keywords | null = null) {
    supportMasking(this);
    const list = toList(inputs as tf.Tensor | tf.Tensor[]);
    if (!list.every((input) => input instanceof tf.Tensor)) {
      const outputs = apply.call(this, inputs, keywords!);
      watchOutputs(toList(outputs as tfl.SymbolicTensor | tfl.SymbolicTensor[]), {
        layer: this,
        keywords: keywords ?? {},
      });
      return outputs;
    }
    const outputs = applyToTensors(this, list, keywords ?? {}, (given) => apply.call(this, inputs, given));
    passMasks(this, list, toList(outputs as tf.Tensor | tf.Tensor[]));
    return outputs;
  };
}

function applyToTensors<T>(
  layer: Layer,
  inputs: tf.Tensor[],
  keywords: Keywords,
  apply: (keywords: Keywords) => T,
): T {
  const graphCall = takeGraphCall(layer);
  const own = graphCall === undefined ? ownMask(keywords, currentCall()) : null;
  const mask = own ?? maskOf(inputs[0]!);
  const handed = mask !== null && takesMask(layer, inputs[0]!, mask) ? mask : null;
  const given =
    graphCall === undefined ? keywords : keywordsInGraph(layer, graphCall.keywords, keywords, handed);
  refuseUnknownStatistics(layer, given);
  const call: Call = { layer, keywords: given, mask };
  const run = () => whileRunning(call, () => apply(given));
  // A mask that the program hands to a model is that of the model's inputs.
  return own !== null && 'layers' in layer ? withMasks(inputs, toList<tf.Tensor>(own), run) : run();
}

/**
 * The executor's keywords for a call in a graph, with the `training` of the graph and the mask that its input really has.
 * `updateStatistics: false` holds if either says so.
 */
function keywordsInGraph(layer: Layer, inGraph: Keywords, given: Keywords, mask: Mask): Keywords {
  const training = checkTraining(`layer '${layer.name}' in its model`, inGraph.training);
  const { mask: _, ...rest } = given;
  return {
    ...rest,
    ...(training !== undefined && { training }),
    ...(mask !== null && { mask }),
    ...(!updatesStatistics(layer, inGraph) && { updateStatistics: false }),
  };
}

function wrapTrainable(prototype: Layer): void {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, 'trainable')!;
  Object.defineProperty(prototype, 'trainable', {
    ...descriptor,
    set(this: Layer, trainable: boolean) {
      // Building a Sequential sets true on a model that has it already; that must not thaw layers or weights that are frozen inside.
      if (trainable && descriptor.get!.call(this)) return;
      descriptor.set!.call(this, trainable);
      setTrainableInside(this, trainable);
    },
  });
}

function wrapTimeDistributed(): void {
  const prototype = classOf('TimeDistributed').prototype as unknown as Layer;
  const { call } = prototype;
  prototype.call = function (this: Layer & { layer: Layer }, inputs, keywords) {
    const mask = maskInCall(this, toList(inputs)[0]!, keywords);
    refuseUnknownStatistics(this.layer, keywords);
    return withMaskPerStep(this.layer, mask, () => call.call(this, inputs, keywords));
  };
}

wrapApply(tfl.layers.Layer.prototype);
replaceMergeRule();
replaceAverage();
replaceBidirectional();
// The class behind LayersModel, Container, is not exported.
wrapTrainable(Object.getPrototypeOf(tfl.LayersModel.prototype));
wrapTimeDistributed();
keepStatisticsOfTfjs();
