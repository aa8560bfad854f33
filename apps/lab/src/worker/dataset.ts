/** Loads a data set in the browser: four IDX files, gzipped or not, from a server or from a person's disk. */
import {
  checkImageShape,
  checkLabels,
  type Dataset,
  type FileKey,
  fileNames,
  type IdxArray,
  type LabelledImages,
  messageOf,
  parseIdx,
  pixelsPerImage,
  reasonOf,
} from '@bn/lenet';
import { LabError } from '../errors.js';
import type { DatasetSource } from '../protocol.js';

/** @throws LabError that names the file and what was expected of it. */
export async function loadDataset({ files }: DatasetSource): Promise<Dataset> {
  return {
    train: await loadPart(files, 'trainImages', 'trainLabels'),
    test: await loadPart(files, 'testImages', 'testLabels'),
  };
}

async function loadPart(
  files: DatasetSource['files'],
  imagesKey: FileKey,
  labelsKey: FileKey,
): Promise<LabelledImages> {
  const images = await loadFile(files, imagesKey, 3, ({ shape }) => checkImageShape(shape));
  const count = images.shape[0]!;
  const labels = await loadFile(files, labelsKey, 1, ({ data }) =>
    checkLabels(data, count, fileNames[imagesKey]),
  );
  return { count, pixels: images.data, labels: labels.data };
}

async function loadFile(
  files: DatasetSource['files'],
  key: FileKey,
  dimensions: number,
  check: (array: IdxArray) => void,
): Promise<IdxArray> {
  try {
    const array = parseIdx(await contents(await read(files[key])), dimensions);
    check(array);
    return array;
  } catch (error) {
    const file = fileNames[key];
    const details = { file, reason: reasonOf(error) };
    throw new LabError('LAB_FILE', details, `${file}: ${messageOf(error)}`, { cause: error });
  }
}

async function read(file: string | Blob): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof file !== 'string') return new Uint8Array(await file.arrayBuffer());
  let response: Response;
  try {
    response = await fetch(file);
  } catch (error) {
    const message = `the server does not answer for ${file}; is it still running?`;
    throw new LabError('LAB_NO_ANSWER', { file }, message, { cause: error });
  }
  const { ok, status } = response;
  if (!ok) throw new LabError('LAB_STATUS', { status, file }, `the server answered ${status} for ${file}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Some servers send a .gz as it is, others say that it is encoded, and then the browser has unpacked it already. */
async function contents(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  try {
    return new Uint8Array(await new Response(unpacked).arrayBuffer());
  } catch (error) {
    const message = `expected a gzip file, got ${bytes.length} bytes that do not decompress`;
    throw new LabError('LAB_GZIP', { bytes: bytes.length }, message, { cause: error });
  }
}

/** Up to `count` images, evenly from all. */
export function sample({ count, pixels, labels }: LabelledImages, wanted: number): LabelledImages {
  const taken = Math.min(wanted, count);
  const chosen = Array.from({ length: taken }, (_, index) => Math.floor((index * count) / taken));
  const sampled = new Uint8Array(taken * pixelsPerImage);
  for (const [row, index] of chosen.entries()) {
    const image = pixels.subarray(index * pixelsPerImage, (index + 1) * pixelsPerImage);
    sampled.set(image, row * pixelsPerImage);
  }
  return { count: taken, pixels: sampled, labels: Uint8Array.from(chosen, (index) => labels[index]!) };
}
