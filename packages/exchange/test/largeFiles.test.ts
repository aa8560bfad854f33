/** Files that are larger than a typed array can be: read array by array, written piece by piece. */
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@bn/tooling/temporaryFolder';
import { expect, onTestFinished, test } from 'vitest';
import {
  ArrayError,
  type ByteSource,
  openSafetensors,
  readSafetensors,
  SafetensorsError,
  safetensorsPieces,
  writeSafetensors,
} from '../src/index.js';

const temporaryFile = async () => join(await temporaryFolder(), 'large.safetensors');

/** 5 GB of zeros between two arrays; on disk, where it is sparse, a few blocks. */
async function sparseFile(): Promise<string> {
  const [count, size] = [5_000_000_000, 5_000_000_016];
  const header = JSON.stringify({
    __metadata__: { format: 'pt' },
    first: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
    zeros: { dtype: 'U8', shape: [count], data_offsets: [8, 8 + count] },
    last: { dtype: 'F32', shape: [2], data_offsets: [8 + count, size] },
  });
  const start = Buffer.alloc(8 + header.length);
  start.writeBigUInt64LE(BigInt(header.length));
  start.write(header, 8);
  const path = await temporaryFile();
  const file = await open(path, 'w');
  await file.write(start, 0, start.length, 0);
  await file.write(new Uint8Array(Float32Array.of(1, 2).buffer), 0, 8, start.length);
  await file.write(new Uint8Array(Float32Array.of(3, 4).buffer), 0, 8, start.length + size - 8);
  await file.close();
  return path;
}

/** Counts the bytes that are read of a file. */
async function countedSource(path: string) {
  const handle = await open(path);
  onTestFinished(() => handle.close());
  const { size } = await handle.stat();
  const source = {
    size,
    bytesRead: 0,
    async read(begin: number, end: number) {
      source.bytesRead += end - begin;
      return (await handle.read(new Uint8Array(end - begin), 0, end - begin, begin)).buffer;
    },
  };
  return source satisfies ByteSource;
}

test('arrays before and behind 5 GB are read from a file, and nothing else but the header', async () => {
  const source = await countedSource(await sparseFile());
  const file = await openSafetensors(source);
  expect(file.metadata).toEqual({ format: 'pt' });
  expect([...file.descriptions]).toEqual([
    ['first', { dtype: 'F32', shape: [2] }],
    ['zeros', { dtype: 'U8', shape: [5_000_000_000] }],
    ['last', { dtype: 'F32', shape: [2] }],
  ]);
  expect((await file.read('first')).data).toEqual(Float32Array.of(1, 2));
  expect((await file.read('last')).data).toEqual(Float32Array.of(3, 4));
  expect(source.bytesRead).toBeLessThan(400);
});

const arrays = {
  weight: { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) },
  counts: { dtype: 'I64', shape: [1], data: BigInt64Array.of(3n) },
} as const;

test('a Blob is read, and refused when it is opened if its header does not fit its size', async () => {
  const bytes = writeSafetensors({ arrays, metadata: {} });
  for (let length = 0; length < bytes.length; length++) {
    await expect(openSafetensors(new Blob([bytes.slice(0, length)]))).rejects.toThrow(SafetensorsError);
  }
  const file = await openSafetensors(new Blob([bytes.slice()]));
  expect((await file.read('weight')).data).toEqual(arrays.weight.data);
  await expect(file.read('toString')).rejects.toThrow("'toString': expected an array of the file");
});

test('a source that gives fewer bytes than it was asked for is refused', async () => {
  const bytes = writeSafetensors({ arrays, metadata: {} });
  const file = await openSafetensors({
    size: bytes.length,
    read: async (begin, end) => bytes.subarray(begin, end === bytes.length ? end - 1 : end),
  });
  await expect(file.read('weight')).rejects.toThrow(
    /^expected 8 bytes from byte \d+ on of the source, got 7$/,
  );
});

test('pieces are the bytes of the file, and each array is asked for when those before it are written', async () => {
  const path = await temporaryFile();
  const file = await open(path, 'w');
  const asked: string[] = [];
  const late = Object.fromEntries(
    Object.entries(arrays).map(([name, { dtype, shape, data }]) => [
      name,
      {
        dtype,
        shape,
        async data() {
          asked.push(`${name} at ${(await stat(path)).size}`);
          return data;
        },
      },
    ]),
  );
  for await (const piece of safetensorsPieces({ arrays: late })) await file.write(piece);
  await file.close();
  const whole = writeSafetensors({ arrays, metadata: {} });
  const header = whole.length - 16;
  expect(asked).toEqual([`counts at ${header}`, `weight at ${header + 8}`]);
  expect(new Uint8Array(await readFile(path))).toEqual(whole);
  expect(readSafetensors(whole).arrays).toEqual(arrays);
});

test('a wrong description is refused before the first piece, wrong numbers before their own', async () => {
  const wrong = { dtype: 'F32', shape: [2.5], data: new Float32Array(2) } as const;
  await expect(safetensorsPieces({ arrays: { wrong } }).next()).rejects.toThrow(ArrayError);
  const short = { dtype: 'F32', shape: [2], data: () => new Float32Array(1) } as const;
  const pieces = safetensorsPieces({ arrays: { short } });
  expect((await pieces.next()).done).toBe(false);
  await expect(pieces.next()).rejects.toThrow(
    "'short': expected a Float32Array of 2 for F32 [2], got Float32Array of 1",
  );
});
