/** Copies of models, with some layers left out or others in their place. */
import { OptionError } from '@bn/core';
import type * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { toList } from '../graph/calls.js';
import { isOfClass } from '../tfjsClasses.js';
import { configOf } from './configOf.js';
import { copyWeights } from './copyWeights.js';
import { pathOf } from './layersIn.js';
import { type Call, isModel, type Wiring, wiringOf } from './wiring.js';

type Layer = tfl.layers.Layer;

/** What stands in the copy for a layer: undefined for a copy of it, null for nothing, which takes one input and passes it on. */
export type Edit = (layer: Layer, path: string) => Layer | null | undefined;

type Wrapped = Layer & { layer: Layer };
type LayerClass = (new (
  config: object,
) => Layer) & {
  fromConfig(cls: unknown, config: tf.serialization.ConfigDict): Layer;
};

/**
 * A separate model with the same layers, weights (values, names, order, which are trained) and names. It is not compiled. To be
 * run in `undoneOnFailure`. Copied weights share their values with the original's until one of them is written.
 *
 * @param name of the function that copies, for errors.
 * @throws OptionError that names the layer that cannot be copied.
 */
export function copyModel<M extends tfl.LayersModel>(name: string, model: M, edit: Edit): M {
  const copying = new Copying(name, edit);
  const copy = copying.model(model, '') as M;
  copying.finish();
  return copy;
}

class Copying {
  /** A layer that is used in several places has one copy. */
  readonly #copies = new Map<Layer, Layer | null>();
  /** What to do when all layers are built. */
  readonly #pending: (() => void)[] = [];

  constructor(
    private readonly name: string,
    private readonly edit: Edit,
  ) {}

  finish(): void {
    // Models first, whose flag sets that of the layers inside.
    for (const run of this.#pending) run();
  }

  model(model: tfl.LayersModel, path: string): tfl.LayersModel {
    const wiring = wiringOf(this.name, model);
    this.#pending.push(() => {
      if (!model.trainable) copy.trainable = false;
    });
    const copy: tfl.LayersModel =
      wiring.inputs.length === 0 ? this.#chain(model, wiring, path) : this.#graph(model, wiring, path);
    return copy;
  }

  #chain(model: tfl.LayersModel, { calls }: Wiring, path: string): tfl.Sequential {
    const layers = calls.flatMap(({ layer }) => this.#copyOf(layer, pathOf(path, layer)) ?? []);
    const [first] = layers;
    if (first === undefined) {
      throw new OptionError(
        `${this.name}: nothing would be left of model '${model.name}', whose layers are left out`,
      );
    }
    if (first.batchInputShape == null && !isModel(first)) {
      const { shape, dtype, name } = model.inputs[0]!;
      layers.unshift(tfl.layers.inputLayer({ batchInputShape: shape, dtype, name }));
    }
    const copy = tfl.sequential({ name: model.name, layers });
    // It makes its graph now, which sets flags of weights.
    copy.build();
    return copy;
  }

  #graph(model: tfl.LayersModel, { calls, inputs, outputs }: Wiring, path: string): tfl.LayersModel {
    const made = new Map<Call, tfl.SymbolicTensor[]>();
    for (const call of calls) {
      const given = call.inputs.map((source) => made.get(source.call)![source.index]!);
      made.set(call, this.#apply(call, given, pathOf(path, call.layer)));
    }
    const tensorsOf = (sources: Wiring['inputs']) =>
      sources.map(({ call, index }) => made.get(call)![index]!);
    const Model = model.constructor as typeof tfl.LayersModel;
    return new Model({ inputs: tensorsOf(inputs), outputs: tensorsOf(outputs), name: model.name });
  }

  #apply({ layer, keywords }: Call, given: tfl.SymbolicTensor[], path: string): tfl.SymbolicTensor[] {
    const copy = this.#copyOf(layer, path);
    if (copy === null) return given;
    if (given.length === 0) return [copy.output as tfl.SymbolicTensor];
    const inputs = given.length === 1 ? given[0]! : given;
    return toList(copy.apply(inputs, { ...keywords }) as tfl.SymbolicTensor | tfl.SymbolicTensor[]);
  }

  #copyOf(layer: Layer, path: string): Layer | null {
    const known = this.#copies.get(layer);
    if (known !== undefined) return known;
    const copy = this.#make(layer, path);
    this.#copies.set(layer, copy);
    return copy;
  }

  #make(layer: Layer, path: string): Layer | null {
    const edited = this.edit(layer, path);
    if (edited !== undefined) return edited;
    if (isModel(layer)) return this.model(layer, path);
    if (isOfClass(layer, 'TimeDistributed')) return this.#timeDistributed(layer as Wrapped, path);
    const copy = madeFrom(this.name, layer, path, configOf(layer));
    // All weights are about to be set.
    copy.setFastWeightInitDuringBuild(true);
    this.#pending.push(() => copyWeights(this.name, path, layer, copy));
    return copy;
  }

  #timeDistributed(wrapper: Wrapped, path: string): Layer | null {
    const layer = this.#copyOf(wrapper.layer, pathOf(path, wrapper.layer));
    if (layer === null) return null;
    const { layer: _, ...config } = configOf(wrapper);
    return new (wrapper.constructor as LayerClass)({ ...config, layer });
  }
}

/** A new layer of the same class, of this config. */
export function madeFrom(
  name: string,
  layer: Layer,
  path: string,
  config: tf.serialization.ConfigDict,
): Layer {
  const Class = layer.constructor as LayerClass;
  try {
    return Class.fromConfig(Class, config);
  } catch (cause) {
    throw new OptionError(
      `${name}: layer '${path}' cannot be copied: a ${layer.getClassName()} cannot be made from its config: ${(cause as Error).message}`,
      { cause },
    );
  }
}
