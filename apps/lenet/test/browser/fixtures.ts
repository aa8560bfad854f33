/** The committed files as a browser gets them: from the test server. */
import { commands } from 'vitest/browser';
import { parseIdx } from '../../src/dataset/idx.js';
import type { Dataset, LabelledImages } from '../../src/dataset/images.js';
import { decodeCheckpoint } from '../../src/model/checkpoint.js';
import type { LeNet } from '../../src/model/lenet.js';

/** See test/parity.test.ts. */
interface ParityRun {
  readonly batchSize: number;
  readonly learningRate: number;
  readonly losses: readonly number[];
}

/** PyTorch's losses from the weights of `parityModel`, in batches of so many images. */
export async function parity(batchSize: number): Promise<ParityRun> {
  const { runs } = JSON.parse(await commands.readFile('golden/lenet-parity.json')) as {
    readonly runs: readonly ParityRun[];
  };
  return runs.find((run) => run.batchSize === batchSize)!;
}

export const parityModel = async (): Promise<LeNet> =>
  decodeCheckpoint(await bytes('golden/lenet-parity.safetensors'));

/** The committed subset of Fashion-MNIST. */
export async function miniDataset(): Promise<Dataset> {
  return { train: await images('train'), test: await images('t10k') };
}

async function images(part: string): Promise<LabelledImages> {
  const pixels = parseIdx(await unzipped(`data/mini/${part}-images-idx3-ubyte.gz`), 3);
  const labels = parseIdx(await unzipped(`data/mini/${part}-labels-idx1-ubyte.gz`), 1);
  return { count: labels.data.length, pixels: pixels.data, labels: labels.data };
}

async function unzipped(path: string): Promise<Uint8Array> {
  const stream = new Blob([await bytes(path)]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function bytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const text = atob(await commands.readFile(path, 'base64'));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
