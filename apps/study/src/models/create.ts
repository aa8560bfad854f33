/** Networks by name. */
import { classCount, type Random } from '@bn/lenet';
import { createDeepLinear, type DeepLinearShape } from './deepLinear.js';
import type { Initialization } from './initialization.js';
import { createLenet } from './lenet.js';
import type { Network } from './network.js';
import type { ImageShape } from './networkOptions.js';
import type { StudyNorm } from './normNames.js';
import { createResnet, type ResnetShape } from './resnet.js';
import { createVgg, standardVgg, type VggShape } from './vgg.js';

export type Model =
  | ({ readonly name: 'vgg' } & Partial<VggShape>)
  | ({ readonly name: 'resnet' } & ResnetShape)
  | ({ readonly name: 'deepLinear' } & DeepLinearShape)
  | { readonly name: 'lenet' };

export const modelNames = [
  'vgg',
  'resnet',
  'deepLinear',
  'lenet',
] as const satisfies readonly Model['name'][];

export interface Setup {
  readonly model: Model;
  readonly norm: StudyNorm;
  readonly random: Random;
  readonly kind?: Initialization['kind'];
  /** A factor on the initial weights; default 1. */
  readonly scale?: number;
}

/** @throws RangeError if there is no such model, or it does not go with the images. */
export function createNetwork(
  { model, norm, random, kind = 'he', scale = 1 }: Setup,
  image: ImageShape,
): Network {
  const options = { image, classes: classCount, norm, initialization: { kind, scale, random } };
  switch (model.name) {
    case 'vgg':
      return createVgg({ ...standardVgg, ...model }, options);
    case 'resnet':
      return createResnet(model, options);
    case 'deepLinear':
      return createDeepLinear(model, options);
    case 'lenet':
      return createLenet(options);
    default: {
      const { name } = model as { name: unknown };
      throw new RangeError(`expected a model named ${modelNames.join(', ')}, got '${String(name)}'`);
    }
  }
}
