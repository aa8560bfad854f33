/** What the property tests draw: operations with their shapes, and the offset and scale of x. */
import type { DataFormat } from '@bn/core';
import * as fc from 'fast-check';
import type { Draws } from './behaviour.js';
import { factsOf } from './facts.js';
import { type Distribution, drawInputs } from './golden/inputs.js';
import { drawMask, type MaskKind } from './masks.js';
import { type Inputs, type Operation, type OperationName, sizeOf } from './operation.js';

/** An operation with the inputs it is tried on. Shown by its description when a property fails. */
export interface Trial {
  readonly operation: Operation;
  readonly distribution: Required<Distribution>;
  readonly dataSeed: number;
  readonly mask?: MaskKind;
}

export const inputsOf = ({ operation, dataSeed, distribution, mask }: Trial): Inputs => ({
  ...drawInputs(operation, dataSeed, distribution),
  ...(mask && { mask: drawMask(operation, mask, dataSeed + 30) }),
});

/** Bounds of what is drawn. */
export interface Bounds {
  /** Largest number of elements of x. */
  readonly maxSize?: number;
  readonly epsilon?: number;
  /** Largest |offset| in units of the scale. */
  readonly maxOffset?: number;
  /** Largest decimal exponent of the scale, up or down. */
  readonly maxExponent?: number;
  readonly affine?: boolean;
  /** With a mask; batchNorm only. Default false. */
  readonly masked?: boolean;
}

const integer = (min: number, max: number) => fc.integer({ min, max });

/** Mostly small sizes; now and then a size that fills several vectors. */
const size = fc.oneof({ weight: 6, arbitrary: integer(1, 9) }, { weight: 1, arbitrary: integer(10, 70) });

/** [N, C, ...spatial] with the axis of the channels where dataFormat has it; C is a multiple of `multiple`. */
function imageShape(multiple: number, minBatch: number, dataFormat: DataFormat): fc.Arbitrary<number[]> {
  return fc
    .tuple(
      integer(minBatch, 6),
      size.map((n) => Math.ceil(n / multiple) * multiple),
      fc.array(size, { maxLength: 3 }),
    )
    .map(([batch, channels, spatial]) =>
      dataFormat === 'channelsLast' ? [batch, ...spatial, channels] : [batch, channels, ...spatial],
    );
}

function operationShape(op: OperationName): fc.Arbitrary<Operation> {
  const { over, statistics } = factsOf(op);
  if (over === 'trailingAxes') {
    return fc
      .tuple(fc.array(size, { maxLength: 3 }), fc.array(size, { minLength: 1, maxLength: 2 }))
      .map(([leading, trailing]) => ({ op, shape: [...leading, ...trailing], normalizedShape: trailing }));
  }
  const dataFormats = fc.constantFrom<DataFormat>('channelsFirst', 'channelsLast');
  const groups = op === 'groupNorm' ? integer(1, 6) : fc.constant(1);
  return fc.tuple(dataFormats, groups).chain(([dataFormat, numGroups]) =>
    imageShape(numGroups, statistics === 'acrossBatch' ? 2 : 1, dataFormat).map((shape) => ({
      op,
      shape,
      dataFormat,
      ...(op === 'groupNorm' && { numGroups }),
    })),
  );
}

const maskKind: fc.Arbitrary<MaskKind> = fc.record({
  axes: integer(1, 4),
  dtype: fc.constantFrom('bool', 'float32'),
});

/** Trials of an operation within bounds. */
export function trials(op: OperationName, bounds: Bounds = {}): fc.Arbitrary<Trial> {
  const { maxSize = 4000, epsilon, maxOffset = 100, maxExponent = 3, affine, masked = false } = bounds;
  return fc
    .record({
      operation: operationShape(op).filter(({ shape }) => sizeOf(shape) <= maxSize),
      affine: affine === undefined ? fc.boolean() : fc.constant(affine),
      dataSeed: integer(0, 0xffff),
      offset: integer(-maxOffset, maxOffset),
      exponent: integer(-maxExponent, maxExponent),
      ...(masked && { mask: maskKind }),
    })
    .map(({ operation, affine, dataSeed, offset, exponent, ...mask }) => ({
      operation: { ...operation, affine, ...(epsilon !== undefined && { epsilon }) },
      distribution: { offset: offset * 10 ** exponent, scale: 10 ** exponent },
      dataSeed,
      ...mask,
    }));
}

/** A trial on a batch that is cut into shards, one for each member of a group. */
export interface ShardedTrial extends Trial {
  readonly cuts: readonly number[];
}

/** Trials of batchNorm in a group of `members`, otherwise of one to five; some of the shards are empty. */
export const shardedTrials = (bounds: Bounds, members?: number): fc.Arbitrary<ShardedTrial> =>
  fc
    .tuple(
      trials('batchNorm', bounds),
      fc.array(integer(0, 100), { minLength: (members ?? 1) - 1, maxLength: (members ?? 5) - 1 }),
    )
    .map(([trial, percents]) => ({ ...trial, cuts: percents.map((percent) => percent / 100) }));

/** Checks a property of trials; on failure fast-check shrinks the trial and tells seed and path to repeat it. */
export function forAll<T extends Trial>(
  arbitrary: fc.Arbitrary<T>,
  { seed, runs }: Draws,
  property: (trial: T) => Promise<void>,
  numRuns = runs,
): Promise<void> {
  return fc.assert(fc.asyncProperty(arbitrary, property), { seed, numRuns });
}
