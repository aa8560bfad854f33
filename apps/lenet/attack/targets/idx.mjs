import { gzipSync } from 'node:zlib';
import { idx } from '@bn/tooling/idx';
import { must, takes } from '@bn/tooling/promised';
import { checkCount, checkImageShape } from '../../dist/dataset/checks.js';
import { checkedContents } from '../../dist/dataset/contents.js';
import { parseIdx } from '../../dist/dataset/idx.js';
import { DatasetError } from '../../dist/errors.js';

const filled = (shape) =>
  idx(
    shape,
    Buffer.alloc(
      shape.reduce((product, size) => product * size, 1),
      7,
    ),
  );
const plain = [filled([3, 28, 28]), filled([20])];

export const corpus = [...plain, ...plain.map((file) => gzipSync(file))];

/** Decompressed as the command line does; a file that is not compressed is compressed first. */
export const accept = async (bytes) => {
  const compressed = bytes[0] === 0x1f ? bytes : gzipSync(bytes);
  const read = (dimensions, checkShape) =>
    takes(async () => {
      const contents = await checkedContents(compressed, { dimensions, checkShape });
      const { shape, data } = parseIdx(contents, dimensions);
      must(
        data.length === shape.reduce((product, size) => product * size, 1),
        'its elements are not as many',
      );
    }, DatasetError);
  const [images, labels] = [await read(3, checkImageShape), await read(1, checkCount)];
  must(!(images && labels), 'it is images and labels');
  return images || labels;
};
