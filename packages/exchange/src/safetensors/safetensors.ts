/**
 * Reads and writes safetensors (https://github.com/huggingface/safetensors#format): 8 bytes of header length (little-endian), a
 * JSON header of `{ name: { dtype, shape, data_offsets: [begin, end] } }` and `__metadata__`, padded with spaces, then the data
 * without holes. The format's rules are checked in full, so that a damaged file is refused and never half read. Numbers
 * become one of the two types that a state dict has (elementTypes.ts).
 */
import { DtypeError, SafetensorsError } from '../errors.js';
import { shownValue } from '../shownValue.js';
import { type ElementType, isElementType, readElements, sizeOf } from './elementTypes.js';

/** An array of the two types that a state dict has: floats, and PyTorch's 64-bit counters. */
export type NamedArray = { readonly shape: readonly number[] } & (
  | { readonly dtype: 'F32'; readonly data: Float32Array }
  | { readonly dtype: 'I64'; readonly data: BigInt64Array }
);

/** Arrays by their names. */
export type NamedArrays = Readonly<Record<string, NamedArray>>;

/** What a file holds. */
export interface SafetensorsContents {
  readonly arrays: NamedArrays;
  /** Text under `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

interface HeaderEntry {
  readonly dtype: ElementType;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

const lengthBytes = 8;
/** The format's own limit. */
const maximumHeaderLength = 100_000_000;
const metadataKey = '__metadata__';

/** Serializes arrays in the order they have, 64-bit ones first, so that all data is aligned. */
export function writeSafetensors({ arrays, metadata }: SafetensorsContents): Uint8Array {
  const entries = Object.entries(arrays).sort(([, a], [, b]) => sizeOf(b.dtype) - sizeOf(a.dtype));
  let offset = 0;
  const described = entries.map(([name, { dtype, shape, data }]) => {
    const begin = offset;
    offset += data.byteLength;
    return [name, { dtype, shape, data_offsets: [begin, offset] }] as const;
  });
  // By assignment, an array of the name '__proto__' would be lost.
  const header = Object.fromEntries<unknown>([[metadataKey, metadata], ...described]);
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(text.length / lengthBytes) * lengthBytes;
  const bytes = new Uint8Array(lengthBytes + headerLength + offset).fill(0x20, lengthBytes + text.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(text, lengthBytes);
  let position = lengthBytes + headerLength;
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return bytes;
}

/**
 * Parses a whole file; the arrays are copies.
 *
 * @throws SafetensorsError for a truncated file, a header that is no header, and data that overlaps, leaves holes or does not
 * fit its shape; DtypeError for a valid file with a dtype that cannot be converted.
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsContents {
  const { header, dataStart } = readHeader(bytes);
  const metadata = readMetadata(header[metadataKey]);
  const entries = Object.entries(header)
    .filter(([name]) => name !== metadataKey)
    .map(([name, value]): [string, HeaderEntry] => [name, readEntry(name, value)]);
  checkLayout(entries, bytes.length - dataStart);
  const arrays = entries.map(([name, entry]) => [name, readArray(name, bytes, dataStart, entry)]);
  return { arrays: Object.fromEntries(arrays), metadata };
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < lengthBytes) {
    throw new SafetensorsError(
      `expected ${lengthBytes} bytes of header length, got a file of ${bytes.length} (truncated?)`,
      { code: 'BN_SAFETENSORS_SHORT', details: { wanted: lengthBytes, got: bytes.length } },
    );
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > maximumHeaderLength) {
    throw new SafetensorsError(
      `expected a header of at most ${maximumHeaderLength} bytes, got a length of ${length} (no safetensors file?)`,
      {
        code: 'BN_SAFETENSORS_HEADER_LONG',
        details: { largest: maximumHeaderLength, got: String(length) },
      },
    );
  }
  const dataStart = lengthBytes + Number(length);
  if (bytes.length < dataStart) {
    const got = bytes.length - lengthBytes;
    throw new SafetensorsError(`expected a header of ${length} bytes, got ${got} (truncated?)`, {
      code: 'BN_SAFETENSORS_HEADER_CUT',
      details: { wanted: String(length), got },
    });
  }
  let header: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(lengthBytes, dataStart));
    header = JSON.parse(text);
  } catch (error) {
    throw new SafetensorsError('expected a header of JSON, got something else', {
      code: 'BN_SAFETENSORS_HEADER_JSON',
      details: {},
      cause: error,
    });
  }
  if (!isObject(header)) throw new SafetensorsError('expected the header to be a JSON object');
  return { header, dataStart };
}

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value) || !Object.values(value).every((text) => typeof text === 'string')) {
    throw new SafetensorsError(`expected ${metadataKey} to map text to text`);
  }
  return value as Record<string, string>;
}

function readEntry(name: string, value: unknown): HeaderEntry {
  if (!isObject(value)) throw new SafetensorsError(`'${name}': expected an object in the header`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isElementType(dtype)) throw unreadable(name, shownValue(dtype));
  if (!isSizes(shape)) {
    throw new SafetensorsError(`'${name}': expected a shape of sizes, got ${shownValue(shape)}`);
  }
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw new SafetensorsError(`'${name}': expected data_offsets [begin, end], got ${shownValue(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  const wanted = shape.reduce((product, size) => product * size, 1) * sizeOf(dtype);
  if (end - begin !== wanted) {
    throw new SafetensorsError(
      `'${name}': expected ${wanted} bytes for ${dtype} [${shape.join(', ')}], got ${end - begin}`,
    );
  }
  return { dtype, shape, begin, end };
}

/** The data must be covered from end to end, each byte once. */
function checkLayout(entries: readonly [string, HeaderEntry][], dataLength: number): void {
  const inOrder = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const [name, { begin, end }] of inOrder) {
    if (begin !== covered) {
      const fault = begin < covered ? 'overlaps the array before it' : 'leaves a hole before it';
      throw new SafetensorsError(
        `'${name}': expected data from byte ${covered} on, got ${begin}: it ${fault}`,
      );
    }
    covered = end;
  }
  if (covered !== dataLength) {
    throw new SafetensorsError(
      `expected ${covered} bytes of data, got ${dataLength}${dataLength < covered ? ' (truncated)' : ''}`,
      { code: 'BN_SAFETENSORS_LENGTH', details: { wanted: covered, got: dataLength } },
    );
  }
}

function readArray(
  name: string,
  bytes: Uint8Array,
  dataStart: number,
  { dtype, shape, begin, end }: HeaderEntry,
): NamedArray {
  const data = readElements(dtype, bytes.subarray(dataStart + begin, dataStart + end));
  if (data === undefined) throw unreadable(name, `${dtype} beyond the range of F32`);
  return data instanceof Float32Array ? { dtype: 'F32', shape, data } : { dtype: 'I64', shape, data };
}

/** A valid file may have it, but it cannot be converted without loss of meaning. */
const unreadable = (name: string, got: string): DtypeError =>
  new DtypeError(
    `'${name}': expected the dtype F32, F16, BF16, F64 or a whole-number type up to I64, got ${got}`,
    { name, got },
  );

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
