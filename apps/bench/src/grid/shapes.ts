/** Shapes to measure at: those of well-known networks, a sweep of sizes, and those that a person writes. */
import { groupCount, type Operation } from './operations.js';

/** `[N, C]` or `[N, C, ...]`. */
export type Shape = readonly number[];

/** The orders in which images are stored, as @bn/core names them: `[N, C, H, W]`, and `[N, H, W, C]` as tfjs's convolutions have it. */
export const dataFormats = ['channelsFirst', 'channelsLast'] as const;
export type DataFormat = (typeof dataFormats)[number];

export const dataFormatTitles: Readonly<Record<DataFormat, string>> = {
  channelsFirst: 'channels first',
  channelsLast: 'channels last',
};

const images: Shape = [32, 64, 56, 56];
const tokens: Shape = [4096, 768];
const lenetBatch: Shape = [256, 1, 28, 28];
/** Of the network with batch norm: small batches show what a step costs beside its arithmetic. */
const lenetBatchSizes = [2, 16, 64, 256];

/** LeNet's layers, ResNet's stages, a VGG layer, and features. */
const batchNormShapes: readonly Shape[] = [
  [256, 120],
  [4096, 1024],
  [20_000, 200],
  [256, 16, 8, 8],
  [256, 6, 24, 24],
  [32, 512, 7, 7],
  [32, 256, 14, 14],
  images,
  [4, 64, 224, 224],
];

/** The shapes at which people meet an operation. */
export function modelShapes(operation: Operation): readonly Shape[] {
  switch (operation) {
    case 'batchNorm':
      return batchNormShapes;
    case 'batchNormLayer':
      return [[256, 120], [256, 6, 24, 24], images];
    case 'layerNorm':
      return [[512, 64], tokens, [8192, 300]];
    case 'rmsNorm':
      return [tokens];
    case 'groupNorm':
      return [[8, 256, 28, 28], images];
    case 'instanceNorm':
      return [images];
    case 'lenet-batch':
      return lenetBatchSizes.map((size) => [size, ...lenetBatch.slice(1)]);
    case 'read':
    case 'copy':
      return [];
    default:
      return [lenetBatch];
  }
}

/** The first things to look at. */
export function quickShapes(operation: Operation): readonly Shape[] {
  if (operation === 'batchNorm') return [[256, 120], [256, 6, 24, 24], images];
  if (operation === 'layerNorm') return [tokens];
  return operation === 'groupNorm' ? [images] : [];
}

/** From 1 KB to 256 MB of float32 in steps of four. */
const sweep: Partial<Record<Operation, readonly Shape[]>> = {
  batchNorm: [
    [1, 16, 4, 4],
    [4, 16, 4, 4],
    [4, 16, 8, 8],
    [16, 16, 8, 8],
    [16, 16, 16, 16],
    [64, 16, 16, 16],
    [64, 16, 32, 32],
    [256, 16, 32, 32],
    [256, 16, 64, 64],
    [1024, 16, 64, 64],
  ],
  layerNorm: Array.from({ length: 10 }, (_, step) => [4 ** step, 256]),
};

/** Bytes within every cache, and no fewer than what a layer of a small network has. */
const [smallest, largestSmall] = [2 ** 14, 2 ** 20];

/** The part of the sweep in which what an operation costs beside its arithmetic shows. */
export const smallShapes = (operation: Operation): readonly Shape[] =>
  sweepShapes(operation).filter((shape) => byteCount(shape) >= smallest && byteCount(shape) <= largestSmall);

export const sweepShapes = (operation: Operation): readonly Shape[] => sweep[operation] ?? [];

export const elementCount = (shape: Shape): number => shape.reduce((product, size) => product * size, 1);
export const byteCount = (shape: Shape): number => elementCount(shape) * Float32Array.BYTES_PER_ELEMENT;

export const shapeText = (shape: Shape): string => shape.join('x');

/** The axis whose size is the number of gammas. */
export const channelAxis = (operation: Operation, shape: Shape): number =>
  operation === 'layerNorm' || operation === 'rmsNorm' ? shape.length - 1 : 1;

/** Whether an operation takes x in either order. */
export const hasDataFormat = (operation: Operation, shape: Shape): boolean =>
  ['batchNorm', 'batchNormLayer', 'groupNorm', 'instanceNorm'].includes(operation) && shape.length > 2;

/** The shape of x as it is stored. */
export function storedShape(shape: Shape, dataFormat: DataFormat | undefined): number[] {
  const [batch, channels, ...spatial] = shape;
  return dataFormat === 'channelsLast' ? [batch!, ...spatial, channels!] : [...shape];
}

/** Whether an operation is defined on a shape. */
export function fits(operation: Operation, shape: Shape): boolean {
  // LeNet's images have one size; only how many make a batch is free.
  if (operation.startsWith('lenet-')) return shapeText(shape.slice(1)) === shapeText(lenetBatch.slice(1));
  if (operation === 'groupNorm') return shape.length >= 3 && shape[1]! % groupCount === 0;
  if (operation === 'instanceNorm') return shape.length >= 3;
  if (operation === 'batchNorm' || operation === 'batchNormLayer')
    return elementCount(shape) > shape[1]! && shape.length <= 4;
  return true;
}

/**
 * A shape from text such as `32x64x56x56`; undefined if it is none. Two to five sizes, and no more than 2 GB.
 */
export function parseShape(text: string): Shape | undefined {
  if (!/^[1-9]\d*(x[1-9]\d*){1,4}$/.test(text)) return undefined;
  const shape = text.split('x').map(Number);
  return byteCount(shape) <= 2 ** 31 ? shape : undefined;
}
