import { describe, expect, test } from 'vitest';
import {
  ArrayError,
  type NamedArray,
  readSafetensors,
  SafetensorsError,
  writeSafetensors,
} from '../src/index.js';
import { brainFloatOf, halfOf } from '../src/safetensors/halves.js';

const fileOf = (a: NamedArray) => writeSafetensors({ arrays: { a }, metadata: {} });
const dataOf = (file: Uint8Array) => file.slice(8 + Number(new DataView(file.buffer).getBigUint64(0, true)));

/** Each type's numbers and the bytes that PyTorch's and NumPy's files have for them. */
const cases: readonly (readonly [NamedArray, readonly number[]])[] = [
  [{ dtype: 'F64', shape: [1], data: Float64Array.of(-2) }, [0, 0, 0, 0, 0, 0, 0, 0xc0]],
  [{ dtype: 'F32', shape: [1], data: Float32Array.of(-2) }, [0, 0, 0, 0xc0]],
  [{ dtype: 'F16', shape: [2], data: Float32Array.of(-2, 65_504) }, [0, 0xc0, 0xff, 0x7b]],
  [{ dtype: 'BF16', shape: [2], data: Float32Array.of(-2, 3.140625) }, [0, 0xc0, 0x49, 0x40]],
  [{ dtype: 'I64', shape: [1], data: BigInt64Array.of(-2n) }, [0xfe, 255, 255, 255, 255, 255, 255, 255]],
  [{ dtype: 'U64', shape: [1], data: BigUint64Array.of(2n ** 63n) }, [0, 0, 0, 0, 0, 0, 0, 0x80]],
  [{ dtype: 'I32', shape: [1], data: Int32Array.of(-2) }, [0xfe, 255, 255, 255]],
  [{ dtype: 'U32', shape: [1], data: Uint32Array.of(2 ** 31) }, [0, 0, 0, 0x80]],
  [{ dtype: 'I16', shape: [1], data: Int16Array.of(-2) }, [0xfe, 255]],
  [{ dtype: 'U16', shape: [1], data: Uint16Array.of(0x8001) }, [1, 0x80]],
  [{ dtype: 'I8', shape: [2], data: Int8Array.of(-2, 127) }, [0xfe, 127]],
  [{ dtype: 'U8', shape: [2], data: Uint8Array.of(200, 0) }, [200, 0]],
  [{ dtype: 'BOOL', shape: [2], data: Uint8Array.of(1, 0) }, [1, 0]],
];

test.each(cases)('$dtype is written and read without a change', (array, bytes) => {
  const file = fileOf(array);
  expect([...dataOf(file)]).toEqual(bytes);
  expect(readSafetensors(file).arrays.a).toEqual(array);
});

describe.each([
  ['F16', halfOf],
  ['BF16', brainFloatOf],
] as const)('%s', (dtype, toFloat) => {
  test('has each of its 65,536 numbers again after reading and writing', () => {
    const data = Float32Array.from({ length: 2 ** 16 }, (_, bits) => toFloat(bits));
    const { arrays } = readSafetensors(fileOf({ dtype, shape: [2 ** 16], data }));
    expect(arrays.a!.data).toEqual(data);
  });

  test('rounds a float32 between two of its numbers to the nearest, halfway to the even one', () => {
    for (let bits = 0; bits < toBitsOfInfinity[dtype] - 1; bits += 37) {
      const [low, high] = [toFloat(bits), toFloat(bits + 1)];
      const middle = (low + high) / 2;
      const step = Math.max(high - low, 2 ** -140) / 8;
      const data = Float32Array.of(middle - step, middle, middle + step, -middle);
      const { arrays } = readSafetensors(fileOf({ dtype, shape: [4], data }));
      const even = bits % 2 === 0 ? low : high;
      expect([...(arrays.a!.data as Float32Array)]).toEqual([low, even, high, -even]);
    }
  });
});

const toBitsOfInfinity = { F16: 0x7c00, BF16: 0x7f80 };

test('infinities and NaN stay what they are', () => {
  const data = Float32Array.of(Infinity, -Infinity, NaN, -0);
  for (const dtype of ['F32', 'F16', 'BF16'] as const) {
    expect(readSafetensors(fileOf({ dtype, shape: [4], data })).arrays.a!.data).toEqual(data);
  }
});

test.each<[string, NamedArray, string]>([
  [
    'a number beyond F16',
    { dtype: 'F16', shape: [1], data: Float32Array.of(65_520) },
    "'a': expected numbers that F16 has, got 65520",
  ],
  [
    'a number beyond BF16',
    { dtype: 'BF16', shape: [1], data: Float32Array.of(3.4e38) },
    "'a': expected numbers that BF16 has, got 3.39",
  ],
  ['a truth value of 2', { dtype: 'BOOL', shape: [1], data: Uint8Array.of(2) }, 'that BOOL has, got 2'],
  [
    'fewer numbers than the shape has',
    { dtype: 'F32', shape: [2, 3], data: new Float32Array(5) },
    "'a': expected a Float32Array of 6 for F32 [2, 3], got Float32Array of 5",
  ],
  [
    'numbers of another type',
    // A program without types could pass it.
    { dtype: 'F32', shape: [2], data: new Float64Array(2) } as unknown as NamedArray,
    "'a': expected a Float32Array of 2 for F32 [2], got Float64Array of 2",
  ],
  [
    'a type that is none',
    { dtype: 'constructor', shape: [2], data: new Float32Array(2) } as unknown as NamedArray,
    '\'a\': expected one of the dtypes F64, F32, F16, BF16, I64, U64, I32, U32, I16, U16, I8, U8, BOOL, got "constructor"',
  ],
  [
    'a shape that is none',
    { dtype: 'F32', shape: [-1, -2], data: new Float32Array(2) },
    "'a': expected a shape of sizes, got [-1,-2]",
  ],
])('%s is not written', (_, array, message) => {
  expect(() => fileOf(array)).toThrow(ArrayError);
  expect(() => fileOf(array)).toThrow(message);
});

test('an array of the name of the metadata is not written', () => {
  const array = { dtype: 'U8', shape: [1], data: new Uint8Array(1) } as const;
  expect(() => writeSafetensors({ arrays: { __metadata__: array }, metadata: {} })).toThrow(
    "'__metadata__': expected another name for an array, the format has this one for text",
  );
});

test('a truth value of 2 in a file is refused', () => {
  const file = fileOf({ dtype: 'BOOL', shape: [1], data: Uint8Array.of(1) });
  file[file.length - 1] = 2;
  expect(() => readSafetensors(file)).toThrow(SafetensorsError);
  expect(() => readSafetensors(file)).toThrow("'a': expected 0 or 1 in a BOOL, got 2");
});
