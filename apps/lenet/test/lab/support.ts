/** What the lab's tests need. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { DatasetSource } from '../../lab/protocol.js';
import { fileNames } from '../../src/dataset/files.js';
import { parseIdx } from '../../src/dataset/idx.js';
import { idx, miniPath } from '../support.js';

/** The first images of the committed subset's parts, as files that a person chose. */
export async function idxSource(trainCount: number, testCount: number): Promise<DatasetSource> {
  const cut = async (name: string, dimensions: number, count: number) => {
    const { shape, data } = parseIdx(gunzipSync(await readFile(join(miniPath, name))), dimensions);
    const [total, ...sizes] = shape as [number, ...number[]];
    return new Blob([
      new Uint8Array(idx([count, ...sizes], data.subarray(0, (data.length / total) * count))),
    ]);
  };
  return {
    name: 'first images',
    files: {
      trainImages: await cut(fileNames.trainImages, 3, trainCount),
      trainLabels: await cut(fileNames.trainLabels, 1, trainCount),
      testImages: await cut(fileNames.testImages, 3, testCount),
      testLabels: await cut(fileNames.testLabels, 1, testCount),
    },
  };
}

/** A whole safetensors file of another network. */
export function foreignCheckpoint(): Buffer {
  const header = Buffer.from('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  ');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(4)]);
}
