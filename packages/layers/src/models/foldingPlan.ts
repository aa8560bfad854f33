/** Which batch norm layers of a model can be folded into the layer before them, and why the others cannot. */
import type * as tfl from '@tensorflow/tfjs-layers';
import { BatchNormalization } from '../batchNormalization.js';
import type { BatchNormState } from '../batchNormState.js';
import { checkTraining } from '../graph/training.js';
import { isOfClass } from '../tfjsClasses.js';
import { isBatchNorm, isForeignBatchNorm, isOwnOfTfjs, stateOf } from './batchNormLayers.js';
import { type Linear, linearOf } from './foldable.js';
import { pathOf } from './layersIn.js';
import { type Call, isModel, type Wiring, wiringOf } from './wiring.js';

type Layer = tfl.layers.Layer;

/** A batch norm layer that stays in the folded model. */
export interface LeftBatchNorm {
  /** Its name, behind those of the models and wrappers around it: `encoder/bn`. */
  readonly batchNorm: string;
  readonly reason: string;
}

/** A batch norm layer that can be folded, as far as can be said without its numbers. */
export interface Candidate {
  readonly path: string;
  readonly layer: Layer;
  readonly state: BatchNormState;
  readonly into: Linear;
  readonly intoPath: string;
}

/** A layer without the TimeDistributed around it, which has `depth` wrappers. */
interface Unwrapped {
  readonly layer: Layer;
  readonly path: string;
  readonly depth: number;
}

function unwrap(layer: Layer, path: string, depth = 0): Unwrapped {
  if (!isOfClass(layer, 'TimeDistributed')) return { layer, path, depth };
  const { layer: inner } = layer as Layer & { layer: Layer };
  return unwrap(inner, pathOf(path, inner), depth + 1);
}

interface Place {
  readonly call: Call;
  readonly around: string;
  readonly wiring: Wiring;
  /** Whether a call around says `training: true`. */
  readonly training: boolean;
}

/** Every call in the model and the models inside, these once. */
function* placesIn(
  name: string,
  model: tfl.LayersModel,
  around = '',
  training = false,
  seen = new Set<Layer>(),
): Generator<Place> {
  if (seen.has(model)) return;
  seen.add(model);
  const wiring = wiringOf(name, model);
  for (const call of wiring.calls) {
    yield { call, around, wiring, training };
    const { layer, path } = unwrap(call.layer, pathOf(around, call.layer));
    if (!isModel(layer)) continue;
    const trains = wiring.calls.some((other) => other.layer === call.layer && isTraining(other));
    yield* placesIn(name, layer, path, training || trains, seen);
  }
}

const isTraining = ({ layer, keywords }: Call): boolean =>
  checkTraining(`layer '${layer.name}' in its model`, keywords.training) ?? false;

/** @throws OptionError for models that are made of more than their layers. */
export function planFolding(
  name: string,
  model: tfl.LayersModel,
): { candidates: Candidate[]; left: LeftBatchNorm[] } {
  const places = [...placesIn(name, model)];
  const uses = new Map<Layer, number>();
  for (const { call } of places) {
    const { layer } = unwrap(call.layer, '');
    uses.set(layer, (uses.get(layer) ?? 0) + 1);
  }
  const candidates: Candidate[] = [];
  const left = new Map<Layer, LeftBatchNorm>();
  for (const place of places) {
    const batchNorm = unwrap(place.call.layer, pathOf(place.around, place.call.layer));
    if (!isBatchNorm(batchNorm.layer) && !isForeignBatchNorm(batchNorm.layer)) continue;
    const found = candidateOr(batchNorm, place, uses);
    if (typeof found !== 'string') candidates.push(found);
    else left.set(batchNorm.layer, { batchNorm: batchNorm.path, reason: found });
  }
  return { candidates, left: [...left.values()] };
}

/** The candidate, or the reason why it is none. */
function candidateOr(
  { layer, path, depth }: Unwrapped,
  { call, around, wiring, training }: Place,
  uses: ReadonlyMap<Layer, number>,
): Candidate | string {
  if (!isBatchNorm(layer) || !(isOwnOfTfjs(layer) || layer.constructor === BatchNormalization)) {
    return `it is a ${layer.constructor.name}, neither of @bn/layers nor of tf.layers, whose formula is not known here`;
  }
  if (uses.get(layer)! > 1) return 'it is shared: it is called several times';
  if (training || isTraining(call)) {
    return 'it is called with training: true, so that it normalizes with the statistics of the batch';
  }
  const [source] = call.inputs;
  if (source === undefined) return 'it is the first layer of its model';
  const before = unwrap(source.call.layer, pathOf(around, source.call.layer));
  const into = isModel(before.layer) ? undefined : linearOf(before.layer);
  const title = `'${before.path}'`;
  if (into === undefined) {
    const kind = isModel(before.layer) ? 'a model' : `a ${before.layer.getClassName()}`;
    return `it comes after ${title}, ${kind}, and not directly after a dense layer or convolution of tf.layers`;
  }
  if (uses.get(before.layer)! > 1) return `${title} before it is shared: it is called several times`;
  if (readersOf(source.call, wiring) > 1) return `the output of ${title} before it is used elsewhere too`;
  if (into.activation !== 'linear') return `${title} before it has an activation, ${into.activation}`;
  if (into.channelsFirst && !into.kind.takesChannelsFirst) {
    return `${title} before it has dataFormat 'channelsFirst', which tf.layers' ${before.layer.getClassName()} gets wrong`;
  }
  const state = stateOf(layer);
  const rank = (layer.inputSpec[0]!.ndim ?? 0) + depth;
  const axis = state.axis < 0 ? state.axis + rank : state.axis + depth;
  const channelAxis = into.channelsFirst ? 1 + before.depth : rank - 1;
  if (axis !== channelAxis) {
    return `its axis is ${axis}, and the channels of ${title} before it are on axis ${channelAxis}`;
  }
  return { path, layer, state, into, intoPath: before.path };
}

/** How many calls, or outputs of the model, take what this call gives out. */
function readersOf(call: Call, { calls, outputs }: Wiring): number {
  const sources = [...calls.flatMap(({ inputs }) => inputs), ...outputs];
  return sources.filter((source) => source.call === call).length;
}
