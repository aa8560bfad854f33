import { idx } from '@bn/tooling/idx';
import { expect, test } from 'vitest';
import { parseIdx } from '../src/dataset/idx.js';
import { DatasetError } from '../src/errors.js';

test('reads sizes and elements of an array of images', () => {
  const { shape, data } = parseIdx(
    idx(
      [2, 2, 3],
      Uint8Array.from({ length: 12 }, (_, i) => i),
    ),
    3,
  );
  expect(shape).toEqual([2, 2, 3]);
  expect([...data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('reads labels', () => {
  expect([...parseIdx(idx([3], Uint8Array.of(7, 8, 9)), 1).data]).toEqual([7, 8, 9]);
});

test('reads a file that is part of a larger buffer', () => {
  const file = idx([2], Uint8Array.of(4, 5));
  const padded = Buffer.concat([Buffer.alloc(3, 0xff), file]);
  expect([...parseIdx(padded.subarray(3), 1).data]).toEqual([4, 5]);
});

test.each([
  ['labels where images are wanted', idx([3], Uint8Array.of(1, 2, 3)), 3, /got a file of 11/],
  ['images where labels are wanted', idx([1, 1, 1], Uint8Array.of(1)), 1, /0x00000801.*got 0x00000803/],
  ['floats', Buffer.from([0, 0, 0x0d, 1, 0, 0, 0, 0]), 1, /0x00000801.*got 0x00000d01/],
  ['an empty file', Buffer.alloc(0), 1, /header of 8 bytes, got a file of 0/],
  ['a header cut short', idx([3], Uint8Array.of(1)).subarray(0, 6), 1, /header of 8 bytes, got a file of 6/],
  ['missing elements', idx([4], Uint8Array.of(1, 2, 3)), 1, /expected 12 bytes for 4 .*got 11.*truncated/],
  ['too many elements', idx([2], Uint8Array.of(1, 2, 3)), 1, /expected 10 bytes for 2 elements, got 11$/],
])('refuses %s', (_, bytes, dimensions, message) => {
  expect(() => parseIdx(bytes, dimensions)).toThrow(DatasetError);
  expect(() => parseIdx(bytes, dimensions)).toThrow(message);
});
