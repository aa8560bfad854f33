/** Numbers of the types that other programs save, as a state dict of this network has them. */
import { type NamedArray, writeSafetensors } from '@bn/exchange';
import { expect, test } from 'vitest';
import { CheckpointError } from '../src/errors.js';
import { parseCheckpoint } from '../src/model/checkpoint.js';

const parsed = (a: NamedArray) =>
  parseCheckpoint(writeSafetensors({ arrays: { a }, metadata: {} })).arrays.a!;

test.each(['F32', 'F16', 'BF16'] as const)('%s becomes F32 without a change', (dtype) => {
  const data = Float32Array.of(1, -2.5, Infinity, NaN);
  expect(parsed({ dtype, shape: [4], data })).toEqual({ dtype: 'F32', shape: [4], data });
});

test('F64 becomes the nearest F32, and is refused if F32 cannot hold it', () => {
  const data = Float64Array.of(1 / 3, -1e30, Infinity);
  expect(parsed({ dtype: 'F64', shape: [3], data }).data).toEqual(Float32Array.from(data));
  expect(() => parsed({ dtype: 'F64', shape: [1], data: Float64Array.of(1e300) })).toThrow(
    "'a': expected the dtype F32, F16, BF16, F64 or a whole-number type up to I64, got F64 beyond the range",
  );
});

test.each<[NamedArray, bigint]>([
  [{ dtype: 'I32', shape: [1], data: Int32Array.of(-7) }, -7n],
  [{ dtype: 'U32', shape: [1], data: Uint32Array.of(4_000_000_000) }, 4_000_000_000n],
  [{ dtype: 'I16', shape: [1], data: Int16Array.of(-7) }, -7n],
  [{ dtype: 'U16', shape: [1], data: Uint16Array.of(60_000) }, 60_000n],
  [{ dtype: 'I8', shape: [1], data: Int8Array.of(-7) }, -7n],
  [{ dtype: 'U8', shape: [1], data: Uint8Array.of(200) }, 200n],
])('$dtype becomes I64', (array, value) => {
  expect(parsed(array)).toEqual({ dtype: 'I64', shape: [1], data: BigInt64Array.of(value) });
});

test.each<NamedArray>([
  { dtype: 'BOOL', shape: [1], data: Uint8Array.of(1) },
  { dtype: 'U64', shape: [1], data: BigUint64Array.of(1n) },
])('$dtype is refused by its name', (array) => {
  expect(() => parsed(array)).toThrow(CheckpointError);
  expect(() => parsed(array)).toThrow(`or a whole-number type up to I64, got "${array.dtype}"`);
});

test('a type that nothing here reads is refused by its name', () => {
  const file = writeSafetensors({
    arrays: { a: { dtype: 'U8', shape: [1], data: Uint8Array.of(1) } },
    metadata: {},
  });
  const text = new TextDecoder('latin1').decode(file).replace('"U8"', '"F4"');
  expect(() => parseCheckpoint(Buffer.from(text, 'latin1'))).toThrow(
    `'a': expected the dtype F32, F16, BF16, F64 or a whole-number type up to I64, got "F4"`,
  );
});
