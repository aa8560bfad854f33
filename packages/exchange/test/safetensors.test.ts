import { describe, expect, test } from 'vitest';
import { DtypeError, SafetensorsError } from '../src/errors.js';
import { type NamedArrays, readSafetensors, writeSafetensors } from '../src/index.js';

const arrays: NamedArrays = {
  weight: { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, Number.NaN, 1e-30) },
  steps: { dtype: 'I64', shape: [], data: BigInt64Array.of(12345678901234n) },
  empty: { dtype: 'F32', shape: [0, 4], data: new Float32Array(0) },
};

/** A file of any header and `dataLength` bytes of data. */
function file(header: unknown, dataLength = 0): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(dataLength)]);
}

const entry = (begin: number, end: number, shape = [(end - begin) / 4], dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

test('what was written is read back bit by bit, with its metadata', () => {
  const metadata = { format: 'pt', note: 'größer' };
  const contents = readSafetensors(writeSafetensors({ arrays, metadata }));
  expect(contents).toEqual({ arrays, metadata });
});

test('an array has whatever name', () => {
  const one = { dtype: 'F32', shape: [1], data: Float32Array.of(1) } as const;
  const named = Object.fromEntries(['__proto__', 'constructor', 'toString', ''].map((name) => [name, one]));
  const { arrays } = readSafetensors(writeSafetensors({ arrays: named, metadata: {} }));
  expect(Object.entries(arrays)).toEqual(Object.entries(named));
});

test('data begins at a multiple of 8 bytes and 64-bit numbers come first, so that everything is aligned', () => {
  for (const note of ['', 'a', 'ab', 'abc']) {
    const bytes = writeSafetensors({ arrays, metadata: { note } });
    const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(headerLength % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)));
    expect(header.steps).toEqual({ dtype: 'I64', shape: [], data_offsets: [0, 8] });
    expect(header.weight).toEqual({ dtype: 'F32', shape: [2, 3], data_offsets: [8, 32] });
  }
});

test('a file that is part of a larger buffer, at an odd place, is read', () => {
  const bytes = writeSafetensors({ arrays, metadata: {} });
  const larger = Buffer.concat([Buffer.alloc(3), bytes, Buffer.alloc(5)]);
  expect(readSafetensors(larger.subarray(3, 3 + bytes.length)).arrays).toEqual(arrays);
});

test('every truncation of a file is refused', () => {
  const bytes = writeSafetensors({ arrays, metadata: {} });
  for (let length = 0; length < bytes.length; length++) {
    expect(() => readSafetensors(bytes.subarray(0, length))).toThrow(SafetensorsError);
  }
});

describe('a damaged file is refused with what is wrong', () => {
  test.each([
    ['no file at all', new Uint8Array(3), /8 bytes of header length, got a file of 3/],
    ['another kind of file', Buffer.from('PK\u0003\u0004 and so on, and so on'), /at most 100000000 bytes/],
    ['a header that is no JSON', file('{"a": '), /header of JSON/],
    ['a header behind a mark of byte order', file('\ufeff{}'), /header of JSON/],
    ['a header that is no text', Buffer.concat([file('xxxx').subarray(0, 8), Buffer.alloc(4, 0xff)]), /JSON/],
    ['a header that is a list', file([]), /JSON object/],
    ['metadata that is no text', file({ __metadata__: { epoch: 3 } }), /__metadata__ to map text to text/],
    ['an entry that is no object', file({ a: 3 }), /'a': expected an object/],
    ['a shape that is none', file({ a: { ...entry(0, 4), shape: [1.5] } }, 4), /'a': expected a shape/],
    ['a negative size', file({ a: entry(0, 4, [-1, -1]) }, 4), /'a': expected a shape/],
    [
      'offsets that are none',
      file({ a: { ...entry(0, 4), data_offsets: [0] } }, 4),
      /'a': expected data_offsets/,
    ],
    [
      'offsets in reverse',
      file({ a: { ...entry(0, 4), data_offsets: [4, 0] } }, 4),
      /'a': expected data_offsets/,
    ],
    [
      'a shape that does not fit',
      file({ a: entry(0, 8, [3]) }, 8),
      /'a': expected 12 bytes for F32 \[3\], got 8/,
    ],
    ['overlapping data', file({ a: entry(0, 8), b: entry(4, 12) }, 12), /'b': .* overlaps/],
    ['the same data twice', file({ a: entry(0, 8), b: entry(0, 8) }, 8), /overlaps/],
    [
      'a hole',
      file({ a: entry(0, 4), b: entry(8, 12) }, 12),
      /'b': expected data from byte 4 on, got 8: .*hole/,
    ],
    ['data beyond the end', file({ a: entry(0, 8) }, 4), /expected 8 bytes of data, got 4 \(truncated\)/],
    ['data left over', file({ a: entry(0, 8) }, 12), /expected 8 bytes of data, got 12$/],
  ])('%s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes)).toThrow(SafetensorsError);
    expect(() => readSafetensors(bytes)).toThrow(message);
  });
});

test.each(['F8_E4M3', 'F4', 'C64', 'toString'])('%s is refused by its name: the file is valid', (dtype) => {
  const read = () => readSafetensors(file({ a: entry(0, 8, [1], dtype) }, 8));
  expect(read).toThrow(DtypeError);
  expect(read).toThrow(/^'a': expected one of the dtypes F64, F32, .*, U8, BOOL, got "/);
});
