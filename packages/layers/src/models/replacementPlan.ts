/** Which normalization layers of a model are replaced, by what, and why others are not. */
import { OptionError } from '@bn/core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { configOf } from './configOf.js';
import { inputShapesIn, type Shape } from './inputShapes.js';
import { namedLayersIn } from './layersIn.js';
import {
  isForeignNormalization,
  isOfThisPackage,
  kindOf,
  type NormalizationKind,
  normalizationClasses,
} from './normalizationKinds.js';

type Layer = tfl.layers.Layer;
type Config = ReturnType<typeof configOf>;

/** Options of `replaceNormalization`. */
export interface ReplaceNormalizationOptions {
  /**
   * For 'group': the number of groups, or a function that gives it for a number of channels. It must divide the channels of each layer.
   * Default 32.
   */
  groups?: number | ((channels: number, layer: string) => number) | undefined;
  /** Default that of the layer that is replaced. */
  epsilon?: number | undefined;
  /** For 'batch': what the moving value keeps at each step. Default that of the layer that is replaced if it has one, else 0.99. */
  momentum?: number | undefined;
  /** Which layers are replaced, by their names behind those of the models and wrappers around: `encoder/bn`. Default all. */
  only?: ((layer: string, kind: NormalizationKind) => boolean) | undefined;
}

/** A normalization layer that stays. */
export interface LeftNormalization {
  readonly layer: string;
  readonly reason: string;
}

/** A layer that is replaced. */
export interface Replacement {
  readonly path: string;
  readonly layer: Layer;
  readonly from: NormalizationKind;
  readonly config: Config;
}

/** Of AffineArguments, whatever the kind. */
const affine = ['gamma', 'beta'].flatMap((name) =>
  ['Initializer', 'Regularizer', 'Constraint'].map((of) => name + of),
);

/** The name of a weight without those of the layers around it. */
export const shortName = ({ originalName }: tfl.LayerVariable): string => originalName.replace(/^.*\//, '');

/** @throws OptionError for groups that do not divide the channels of a layer. */
export function planReplacement(
  name: string,
  model: tfl.LayersModel,
  to: NormalizationKind,
  options: ReplaceNormalizationOptions,
): { replacements: Replacement[]; left: LeftNormalization[] } {
  const shapes = inputShapesIn(model);
  const replacements: Replacement[] = [];
  const left: LeftNormalization[] = [];
  for (const { layer, path } of namedLayersIn(model)) {
    const from = kindOf(layer);
    if (from === undefined) {
      const reason = `it is a ${layer.constructor.name}, neither of @bn/layers nor of tf.layers, whose formula is not known here`;
      if (isForeignNormalization(layer)) left.push({ layer: path, reason });
      continue;
    }
    if (options.only !== undefined && !options.only(path, from)) continue;
    const config = configFor(name, path, layer, from, to, shapes.get(layer), options);
    if (typeof config === 'string') left.push({ layer: path, reason: config });
    else replacements.push({ path, layer, from, config });
  }
  return { replacements, left };
}

/** The config of the new layer, or the reason why there is none. */
function configFor(
  name: string,
  path: string,
  layer: Layer,
  from: NormalizationKind,
  to: NormalizationKind,
  shape: Shape | undefined,
  options: ReplaceNormalizationOptions,
): Config | string {
  // The number of groups may differ.
  if (from === to && to !== 'group' && isOfThisPackage(layer))
    return `it is a ${layer.getClassName()} already`;
  if (shape === undefined) return 'the shape of its input is not known';
  const given = configOf(layer);
  const axes = axesOf(given, shape);
  if (axes.some((axis, i) => i > 0 && axis < axes[i - 1]!) && !isOfThisPackage(layer)) {
    return `its axes ${axes} are not in order, so that tf.layers has its weights in another order`;
  }
  const keepsAxes = from === to || (normalizesAxes(from) && normalizesAxes(to));
  const axis = Math.max(...axes);
  if (!keepsAxes && axes.length > 1 && axis !== shape.length - 1) {
    return `it normalizes over the axes ${axes}, of which none is known to be that of the channels`;
  }
  if (axis === 0 && to !== 'batch') return 'its axis is that of the batch';
  const channels = shape[axis]!;
  const groups = to === 'group' ? groupsFor(name, path, channels, options.groups ?? 32) : channels;
  if (isOfSingleValues(to, shape, keepsAxes ? axes : [axis], channels / groups)) {
    const sizes = shape.map((size) => size ?? 'any').join(', ');
    return `its input has the shape [${sizes}], of which ${to} normalization would normalize single values`;
  }
  const { batchInputShape } = given;
  const momentum = options.momentum ?? given.momentum;
  return {
    ...(to === 'rms' ? {} : affineConfig(layer, given)),
    ...(batchInputShape != null && { batchInputShape }),
    ...{ name: layer.name, epsilon: options.epsilon ?? given.epsilon!, axis: keepsAxes ? given.axis! : axis },
    ...(to === 'group' && { groups }),
    ...(to === 'batch' && momentum !== undefined && { momentum }),
  };
}

const normalizesAxes = (kind: NormalizationKind): boolean => kind === 'layer' || kind === 'rms';

const axesOf = ({ axis }: Config, { length }: Shape): number[] =>
  [axis ?? -1].flat().map((each) => (Number(each) + length) % length);

/** Which, normalized, are 0, or with root mean squares 1 and -1. */
function isOfSingleValues(
  to: NormalizationKind,
  shape: Shape,
  axes: readonly number[],
  channelsOfGroup: number,
): boolean {
  if (to === 'batch') return false;
  // A size that is not fixed is not 1.
  const sizes = shape.map((size) => size ?? 2);
  if (normalizesAxes(to)) return axes.every((axis) => sizes[axis] === 1);
  return channelsOfGroup === 1 && sizes.every((size, i) => size === 1 || i === 0 || axes.includes(i));
}

function affineConfig(layer: Layer, given: Config): Config {
  const names = layer.weights.map(shortName);
  const kept = affine.flatMap((option) => (given[option] == null ? [] : [[option, given[option]]]));
  return {
    ...Object.fromEntries(kept),
    scale: names.some((weight) => weight === 'gamma' || weight === 'scale'),
    center: names.includes('beta'),
  };
}

function groupsFor(
  name: string,
  path: string,
  channels: number,
  groups: number | ((channels: number, layer: string) => number),
): number {
  const count = typeof groups === 'function' ? groups(channels, path) : groups;
  if (Number.isInteger(count) && count > 0 && channels % count === 0) return count;
  throw new OptionError(
    `${name}: groups must be a positive number that divides the ${channels} channels of layer '${path}', got ${count}; ` +
      'groups may be a function of the number of channels',
  );
}

/** @throws OptionError for a config that the class of the new layer refuses. */
export function layerFrom(name: string, { path, config }: Replacement, to: NormalizationKind): Layer {
  const Class = normalizationClasses[to] as new (config: object) => Layer;
  try {
    return new Class(config);
  } catch (cause) {
    throw new OptionError(`${name}: layer '${path}' cannot be replaced: ${(cause as Error).message}`, {
      cause,
    });
  }
}
