/** The layers of a model, those of nested models and wrappers too. */
import type * as tfl from '@tensorflow/tfjs-layers';

type Layer = tfl.layers.Layer;

/** A layer, and its name within the models and wrappers around it: `encoder/bn`. */
export interface NamedLayer {
  readonly layer: Layer;
  readonly path: string;
}

/** What is directly inside of a layer: models have `layers`, wrappers have `layer`. */
export function innerLayers(outer: Layer): readonly Layer[] {
  const { layers = [], layer } = outer as { layers?: Layer[]; layer?: Layer };
  return layer === undefined ? layers : [layer];
}

/** The name of a layer inside of another; `around` is empty for the outermost model. */
export const pathOf = (around: string, { name }: Layer): string =>
  around === '' ? name : `${around}/${name}`;

/** All layers inside of `outer`, each once, in the order of its models; `outer` itself is not among them. */
export function* namedLayersIn(outer: Layer, around = '', seen = new Set<Layer>()): Generator<NamedLayer> {
  for (const layer of innerLayers(outer)) {
    if (seen.has(layer)) continue;
    seen.add(layer);
    const path = pathOf(around, layer);
    yield { layer, path };
    yield* namedLayersIn(layer, path, seen);
  }
}

/** The layer and all inside, each once. */
export function* layersIn(outer: Layer): Generator<Layer> {
  yield outer;
  for (const { layer } of namedLayersIn(outer)) yield layer;
}
