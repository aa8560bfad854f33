/**
 * Cuts data/mini out of Fashion-MNIST: of each class the first 600 training and the first 100 test images, in their
 * original order. Prints the SHA-256 of each file's contents, as src/dataset/files.ts lists them.
 *
 *     node scripts/cutMini.mjs <folder with the four files of Fashion-MNIST>
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

const classes = 10;
const pixels = 28 * 28;
const source = process.argv[2] ?? '/usr/share/datasets/fashion-mnist';
const target = fileURLToPath(new URL('../data/mini', import.meta.url));

await mkdir(target, { recursive: true });
await cut('train', 600);
await cut('t10k', 100);

async function cut(part, perClass) {
  const images = gunzipSync(await readFile(join(source, `${part}-images-idx3-ubyte.gz`))).subarray(16);
  const labels = gunzipSync(await readFile(join(source, `${part}-labels-idx1-ubyte.gz`))).subarray(8);
  const taken = new Array(classes).fill(0);
  const kept = [...labels.keys()].filter((index) => taken[labels[index]]++ < perClass);
  await write(`${part}-images-idx3-ubyte.gz`, [
    header([kept.length, 28, 28]),
    ...kept.map((index) => images.subarray(index * pixels, (index + 1) * pixels)),
  ]);
  await write(`${part}-labels-idx1-ubyte.gz`, [
    header([kept.length]),
    Uint8Array.from(kept, (index) => labels[index]),
  ]);
}

/** The IDX header of an array of unsigned bytes. */
function header(shape) {
  const bytes = Buffer.alloc(4 + 4 * shape.length);
  bytes.writeUInt32BE(0x0800 | shape.length, 0);
  for (const [axis, size] of shape.entries()) bytes.writeUInt32BE(size, 4 + 4 * axis);
  return bytes;
}

async function write(name, parts) {
  const contents = Buffer.concat(parts);
  await writeFile(join(target, name), gzipSync(contents, { level: 9 }));
  console.log(`${createHash('sha256').update(contents).digest('hex')}  ${name}`);
}
