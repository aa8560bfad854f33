/**
 * The header of a safetensors file (https://github.com/huggingface/safetensors#format): 8 bytes of its length, little-endian, then
 * JSON of `{ name: { dtype, shape, data_offsets: [begin, end] } }` and `__metadata__`, padded with spaces; the data follow
 * without holes. The format's rules are checked in full.
 */
import { DtypeError, SafetensorsError } from '../errors.js';
import { shownValue } from '../shownValue.js';
import { type ArrayDescription, describe, elementsOf } from './arrays.js';
import { dtypes, isDtype, sizeOf } from './dtypes.js';

/** An array of a file; its data begin and end at these bytes of the file. */
export interface HeaderEntry extends ArrayDescription {
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly entries: ReadonlyMap<string, HeaderEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

export const lengthBytes = 8;
/** The format's own limit. */
const maximumLength = 100_000_000;
export const metadataKey = '__metadata__';

/**
 * The length of the header, from the first 8 bytes of a file.
 *
 * @param fileSize Bytes of the whole file.
 */
export function headerLength(bytes: Uint8Array, fileSize: number): number {
  if (fileSize < lengthBytes) {
    throw new SafetensorsError(
      `expected ${lengthBytes} bytes of header length, got a file of ${fileSize} (truncated?)`,
      { code: 'BN_SAFETENSORS_SHORT', details: { wanted: lengthBytes, got: fileSize } },
    );
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > maximumLength) {
    throw new SafetensorsError(
      `expected a header of at most ${maximumLength} bytes, got a length of ${length} (not a safetensors file?)`,
      { code: 'BN_SAFETENSORS_HEADER_LONG', details: { largest: maximumLength, got: String(length) } },
    );
  }
  const got = fileSize - lengthBytes;
  if (got < Number(length)) {
    throw new SafetensorsError(`expected a header of ${length} bytes, got ${got} (truncated?)`, {
      code: 'BN_SAFETENSORS_HEADER_CUT',
      details: { wanted: String(length), got },
    });
  }
  return Number(length);
}

/** What the bytes of a header say, held against the size of the file. */
export function parseHeader(bytes: Uint8Array, fileSize: number): Header {
  const header = parseJson(bytes);
  const dataStart = lengthBytes + bytes.length;
  const entries = Object.entries(header)
    .filter(([name]) => name !== metadataKey)
    .map(([name, value]): [string, HeaderEntry] => [name, parseEntry(name, value, dataStart)]);
  checkLayout(entries, dataStart, fileSize);
  return { entries: new Map(entries), metadata: parseMetadata(header[metadataKey]) };
}

function parseJson(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    // A mark of byte order is no JSON.
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw new SafetensorsError('expected a header of JSON, got something else', {
      code: 'BN_SAFETENSORS_HEADER_JSON',
      details: {},
      cause: error,
    });
  }
  if (!isObject(header)) throw new SafetensorsError('expected the header to be a JSON object');
  return header;
}

function parseMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value) || !Object.values(value).every((text) => typeof text === 'string')) {
    throw new SafetensorsError(`expected ${metadataKey} to map text to text`);
  }
  return value as Record<string, string>;
}

function parseEntry(name: string, value: unknown, dataStart: number): HeaderEntry {
  if (!isObject(value)) throw new SafetensorsError(`'${name}': expected an object in the header`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype)) {
    const got = shownValue(dtype);
    throw new DtypeError(`'${name}': expected one of the dtypes ${dtypes.join(', ')}, got ${got}`, {
      name,
      got,
    });
  }
  if (!isSizes(shape)) {
    throw new SafetensorsError(`'${name}': expected a shape of sizes, got ${shownValue(shape)}`);
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw new SafetensorsError(`'${name}': expected data_offsets [begin, end], got ${shownValue(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const wanted = elementsOf(shape) * sizeOf(dtype);
  if (end - begin !== wanted) {
    throw new SafetensorsError(
      `'${name}': expected ${wanted} bytes for ${describe({ dtype, shape })}, got ${end - begin}`,
    );
  }
  return { dtype, shape, begin: dataStart + begin, end: dataStart + end };
}

/** The data must be covered from end to end, each byte once. */
function checkLayout(entries: readonly [string, HeaderEntry][], dataStart: number, fileSize: number): void {
  const inOrder = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let covered = dataStart;
  for (const [name, { begin, end }] of inOrder) {
    if (begin !== covered) {
      const fault = begin < covered ? 'overlaps the array before it' : 'leaves a hole before it';
      const [wanted, got] = [covered - dataStart, begin - dataStart];
      throw new SafetensorsError(`'${name}': expected data from byte ${wanted} on, got ${got}: it ${fault}`);
    }
    covered = end;
  }
  if (covered !== fileSize) {
    const [wanted, got] = [covered - dataStart, fileSize - dataStart];
    throw new SafetensorsError(
      `expected ${wanted} bytes of data, got ${got}${got < wanted ? ' (truncated)' : ''}`,
      { code: 'BN_SAFETENSORS_LENGTH', details: { wanted, got } },
    );
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
