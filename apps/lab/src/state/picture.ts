/** Reads a picture file as a drawing. */
import { imageSize } from '@bn/lenet';
import { greyOf } from './drawing.js';
import { Refusal } from './refusal.js';

/**
 * The 784 grey bytes of a PNG of 28x28 pixels.
 *
 * @throws Refusal for another format, another size, or a file that is broken.
 */
export async function readPicture(file: File): Promise<Uint8Array> {
  if (!(await isPng(file))) throw new Refusal(({ draw }) => draw.notPng(file.name, file.type));
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Refusal(({ draw }) => draw.broken(file.name));
  }
  const { width, height } = bitmap;
  try {
    if (width !== imageSize || height !== imageSize) {
      throw new Refusal(({ draw }) => draw.wrongSize(file.name, width, height));
    }
    const context = new OffscreenCanvas(width, height).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    return greyOf(context.getImageData(0, 0, width, height).data);
  } finally {
    bitmap.close();
  }
}

/** A PNG begins with these bytes, whatever its name says. */
const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

async function isPng(file: File): Promise<boolean> {
  const start = new Uint8Array(await file.slice(0, signature.length).arrayBuffer());
  return signature.every((byte, index) => start[index] === byte);
}
