/** Reads a picture file as a drawing. */
import { imageSize, longestPng, longestPngData, readPngHeader } from '@bn/lenet';
import { greyOf } from './drawing.js';
import { Refusal } from './refusal.js';

/**
 * The 784 grey bytes of a PNG of 28x28 pixels. The size is looked at before anything is decompressed.
 *
 * @throws Refusal for another format, another size, or a file that is broken.
 */
export async function readPicture(file: File): Promise<Uint8Array> {
  await checkHeader(file);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Refusal(({ draw }) => draw.broken(file.name));
  }
  try {
    const context = new OffscreenCanvas(imageSize, imageSize).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    return greyOf(context.getImageData(0, 0, imageSize, imageSize).data);
  } finally {
    bitmap.close();
  }
}

async function checkHeader(file: File): Promise<void> {
  const header = readPngHeader(new Uint8Array(await file.slice(0, longestPng).arrayBuffer()));
  if (header === undefined) throw new Refusal(({ draw }) => draw.notPng(file.name, file.type));
  const { width, height, dataLength } = header;
  if (width !== imageSize || height !== imageSize) {
    throw new Refusal(({ draw }) => draw.wrongSize(file.name, width, height));
  }
  if (file.size > longestPng || dataLength > longestPngData) {
    throw new Refusal(({ draw }) => draw.tooLong(file.name));
  }
  if (dataLength === 0) throw new Refusal(({ draw }) => draw.broken(file.name));
}
