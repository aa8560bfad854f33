/** Loads a data set in the browser: four IDX files, gzipped or not, from a server or from a person's disk. */
import {
  checkImageShape,
  checkLabelCount,
  checkLabels,
  type Dataset,
  type FileKey,
  fileNames,
  type IdxArray,
  type LabelledImages,
  messageOf,
  parseIdx,
  pixelsPerImage,
  readIdx,
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
  const images = await loadFile(files, imagesKey, 3, checkImageShape);
  const count = images.shape[0]!;
  const checkShape = ([length = 0]: readonly number[]) =>
    checkLabelCount(length, count, fileNames[imagesKey]);
  const labels = await loadFile(files, labelsKey, 1, checkShape, checkLabels);
  return { count, pixels: images.data, labels: labels.data };
}

async function loadFile(
  files: DatasetSource['files'],
  key: FileKey,
  dimensions: number,
  checkShape: (shape: readonly number[]) => void,
  check: (elements: Uint8Array) => void = () => {},
): Promise<IdxArray> {
  try {
    const contents = await readIdx(await unpacked(await open(files[key])), dimensions, checkShape);
    const array = parseIdx(contents, dimensions);
    check(array.data);
    return array;
  } catch (error) {
    const file = fileNames[key];
    const details = { file, reason: reasonOf(error) };
    throw new LabError('LAB_FILE', details, `${file}: ${messageOf(error)}`, { cause: error });
  }
}

async function open(file: string | Blob): Promise<Blob> {
  if (typeof file !== 'string') return file;
  let response: Response;
  try {
    response = await fetch(file);
  } catch (error) {
    const message = `the server does not answer for ${file}; is it still running?`;
    throw new LabError('LAB_NO_ANSWER', { file }, message, { cause: error });
  }
  const { ok, status } = response;
  if (!ok) throw new LabError('LAB_STATUS', { status, file }, `the server answered ${status} for ${file}`);
  return response.blob();
}

/** Some servers send a .gz as it is, others say that it is encoded, and then the browser has unpacked it already. */
async function unpacked(file: Blob): Promise<AsyncIterable<Uint8Array>> {
  const start = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  if (start[0] !== 0x1f || start[1] !== 0x8b) return chunksOf(file.stream());
  const chunks = chunksOf(file.stream().pipeThrough(new DecompressionStream('gzip')));
  return refusing(chunks, (error) => {
    const message = `expected a gzip file, got ${file.size} bytes that do not decompress`;
    return new LabError('LAB_GZIP', { bytes: file.size }, message, { cause: error });
  });
}

/** The chunks of a stream. Safari's streams are not iterable. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel();
  }
}

/** The same chunks, and another error in place of theirs. */
async function* refusing(chunks: AsyncGenerator<Uint8Array>, explain: (error: unknown) => Error) {
  try {
    yield* chunks;
  } catch (error) {
    throw explain(error);
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
