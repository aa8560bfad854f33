/**
 * What can be wrong with what a person gives to the page, as data: a kind and its values. An error's message is its text in
 * English, from here; the page has the same texts in other languages.
 */

/** Where an entry of a checkpoint is not as the network has it: missing, not expected, or other than wanted. */
export interface Difference {
  readonly name: string;
  readonly wanted?: string;
  readonly got?: string;
}

const difference = ({ name, wanted, got }: Difference): string => {
  if (got === undefined) return `${name}: expected ${wanted}, missing`;
  return wanted === undefined
    ? `${name}: not expected, got ${got}`
    : `${name}: expected ${wanted}, got ${got}`;
};

export const faultTexts = {
  inFile: (file: string, reason: string) => `${file}: ${reason}`,
  noAnswer: (file: string) => `the server does not answer for ${file}; is it still running?`,
  noFile: (status: number, file: string) => `the server answered ${status} for ${file}`,
  noGzip: (bytes: number) => `expected a gzip file, got ${bytes} bytes that do not decompress`,
  shortIdx: (wanted: number, got: number) =>
    `expected an IDX header of ${wanted} bytes, got a file of ${got}`,
  noIdx: (wanted: string, dimensions: number, got: string) =>
    `expected the IDX magic number ${wanted} (unsigned bytes, ${dimensions} dimension` +
    `${dimensions === 1 ? '' : 's'}), got ${got}`,
  idxLength: (wanted: number, shape: string, got: number) =>
    `expected ${wanted} bytes for ${shape} elements, got ${got}${got < wanted ? ' (the file is truncated)' : ''}`,
  noImages: () => 'expected at least one image, got none',
  imageSize: (wanted: string, got: string) => `expected images of ${wanted}, got ${got}`,
  labelCount: (wanted: number, images: string, got: number) =>
    `expected ${wanted} labels, one for each image of ${images}, got ${got}`,
  label: (largest: number, got: number, index: number) =>
    `expected labels from 0 to ${largest}, got ${got} at index ${index}`,

  noSafetensors: (reason: string) => `this is no whole safetensors file: ${reason}`,
  shortFile: (wanted: number, got: number) =>
    `expected ${wanted} bytes of header length, got a file of ${got} (truncated?)`,
  longHeader: (largest: number, got: string) =>
    `expected a header of at most ${largest} bytes, got a length of ${got} (no safetensors file?)`,
  cutHeader: (wanted: string, got: number) => `expected a header of ${wanted} bytes, got ${got} (truncated?)`,
  noJsonHeader: () => 'expected a header of JSON, got something else',
  dtype: (name: string, got: string) => `'${name}': expected the dtype F32 or I64, got ${got}`,
  dataLength: (wanted: number, got: number) =>
    `expected ${wanted} bytes of data, got ${got}${got < wanted ? ' (truncated)' : ''}`,
  norm: (got: string, known: string) =>
    `this checkpoint was trained with the norm '${got}', known are ${known}`,
  placement: (got: string, known: string) =>
    `this checkpoint's norm is placed '${got}' the activation, known are ${known}`,
  otherNetwork: (norm: string, differences: readonly Difference[]) =>
    `this is no state of LeNet with norm '${norm}'; nothing was loaded:\n  ${differences.map(difference).join('\n  ')}`,
  noTrainingState: () =>
    "this checkpoint's metadata 'training' is not what this trainer writes: it cannot be resumed",
  weightsOnly: () => 'these are weights alone: they can be evaluated, but not resumed',
  otherData: (wanted: number, got: number) =>
    `expected the data set of this run with ${wanted} training images, got one with ${got}; ` +
    'load the data that it was trained on to go on',

  loneImage: (batchSize: number, count: number) =>
    `Batches of ${batchSize} leave a last batch of one image out of ${count}, and batch norm needs at least two to have a variance. Choose another batch size.`,
  diverged: (seen: number, epoch: number, learningRate: number) =>
    `the loss is not finite any more after ${seen} images of epoch ${epoch}: training has diverged at learning rate ` +
    `${learningRate}; choose a smaller one`,
  noBackend: (name: string) =>
    `TensorFlow.js could not start its backend '${name}'; the browser's console says why`,
  noWorker: () => 'the worker could not be loaded',
};

/** A text of another language for each kind, of the same values. */
export type FaultTexts = typeof faultTexts;
type FaultKind = keyof FaultTexts;

/** A fault, or the message of an error that is none: nobody has translated it. */
export type Reason = Fault | string;

export interface Fault {
  readonly kind: FaultKind;
  readonly values: readonly (Reason | number | readonly Difference[])[];
}

/** The reason for a fault may be another. */
type Given<Values extends readonly unknown[]> = {
  [Index in keyof Values]: Values[Index] extends string ? Reason : Values[Index];
};

export const fault = <Kind extends FaultKind>(
  kind: Kind,
  ...values: Given<Parameters<FaultTexts[Kind]>>
): Fault => ({ kind, values });

export function textOf(reason: Reason, texts: FaultTexts = faultTexts): string {
  if (typeof reason === 'string') return reason;
  // That the values are those of the kind, `fault` has seen to.
  const text = texts[reason.kind] as (...values: unknown[]) => string;
  return text(...reason.values.map((value) => (isFault(value) ? textOf(value, texts) : value)));
}

const isFault = (value: unknown): value is Fault =>
  typeof value === 'object' && value !== null && 'kind' in value;
