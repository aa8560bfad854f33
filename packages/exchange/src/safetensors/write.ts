/** Writes safetensors files: into memory, or piece by piece for files that are larger than any memory. */
import { ArrayError } from '../errors.js';
import { shownValue } from '../shownValue.js';
import {
  type ArrayDescription,
  describe,
  elementsOf,
  type NamedArray,
  type SafetensorsContents,
} from './arrays.js';
import { arrayNameOf, type Dtype, type DtypeData, dtypes, encode, holds, isDtype, sizeOf } from './dtypes.js';
import { lengthBytes, metadataKey } from './header.js';

/** An array whose numbers are asked for when their turn comes. */
export type LateArray = ArrayDescription & {
  /** Gives what `data` of an array in memory holds; each piece is written before the next one is asked for. */
  readonly data: NamedArray['data'] | (() => NamedArray['data'] | Promise<NamedArray['data']>);
};

/** What `safetensorsPieces` writes. */
export interface LateContents {
  readonly arrays: Readonly<Record<string, LateArray>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The bytes of a file. Arrays keep their order, but those of larger elements come first, so that all data are aligned.
 *
 * @throws ArrayError that names the array, if its numbers do not fit its type or its shape.
 */
export function writeSafetensors({ arrays, metadata }: SafetensorsContents): Uint8Array {
  const { header, entries, size } = layOut({ arrays, metadata });
  const bytes = new Uint8Array(size);
  bytes.set(header);
  let position = header.length;
  for (const [name, array] of entries) {
    const piece = bytesOf(name, array, array.data as NamedArray['data']);
    bytes.set(piece, position);
    position += piece.length;
  }
  return bytes;
}

/**
 * The bytes of the same file in pieces: its header, then array by array. Only one array is in memory at a time if `data` are
 * functions. A piece may be a view of the array's own memory: write it before the next one is asked for.
 *
 * @throws ArrayError as `writeSafetensors`; before the first piece, if what is wrong is in the description.
 * @example
 * for await (const piece of safetensorsPieces({ arrays })) await file.write(piece);
 */
export async function* safetensorsPieces(contents: LateContents): AsyncGenerator<Uint8Array, void, void> {
  const { header, entries } = layOut(contents);
  yield header;
  for (const [name, array] of entries) {
    const data = typeof array.data === 'function' ? await array.data() : array.data;
    yield bytesOf(name, array, data);
  }
}

/** The header with its length and padding, the arrays in the order of their data, and the size of the file. */
function layOut({ arrays, metadata }: LateContents) {
  for (const [name, array] of Object.entries(arrays)) checkDescription(name, array);
  const entries = Object.entries(arrays).sort(([, a], [, b]) => sizeOf(b.dtype) - sizeOf(a.dtype));
  let offset = 0;
  const described = entries.map(([name, { dtype, shape }]) => {
    const begin = offset;
    offset += elementsOf(shape) * sizeOf(dtype);
    return [name, { dtype, shape, data_offsets: [begin, offset] }] as const;
  });
  // By assignment, an array of the name '__proto__' would be lost.
  const text = new TextEncoder().encode(
    JSON.stringify(Object.fromEntries<unknown>([[metadataKey, metadata ?? {}], ...described])),
  );
  const length = Math.ceil(text.length / lengthBytes) * lengthBytes;
  const header = new Uint8Array(lengthBytes + length).fill(0x20, lengthBytes + text.length);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(text, lengthBytes);
  return { header, entries, size: header.length + offset };
}

function checkDescription(name: string, { dtype, shape }: ArrayDescription): void {
  if (name === metadataKey) {
    throw new ArrayError(`'${name}': expected another name for an array, the format has this one for text`);
  }
  if (!isDtype(dtype)) {
    const got = shownValue(dtype);
    throw new ArrayError(`'${name}': expected one of the dtypes ${dtypes.join(', ')}, got ${got}`);
  }
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new ArrayError(`'${name}': expected a shape of sizes, got ${shownValue(shape)}`);
  }
}

function bytesOf(name: string, description: ArrayDescription, data: NamedArray['data']): Uint8Array {
  const { dtype, shape } = description;
  const wanted = elementsOf(shape);
  if (!holds(dtype, data) || data.length !== wanted) {
    const got = ArrayBuffer.isView(data) ? `${data.constructor.name} of ${data.length}` : typeof data;
    throw new ArrayError(
      `'${name}': expected a ${arrayNameOf(dtype)} of ${wanted} for ${describe(description)}, got ${got}`,
    );
  }
  const outside = firstOutside(dtype, data);
  if (outside !== undefined) {
    throw new ArrayError(`'${name}': expected numbers that ${dtype} has, got ${outside}`);
  }
  return encode(dtype, data);
}

/** A number that would become infinite, or a truth value that is none. */
function firstOutside(dtype: Dtype, data: DtypeData[Dtype]): number | undefined {
  if (dtype === 'BOOL') return (data as Uint8Array).find((value) => value > 1);
  const limit = largest[dtype];
  if (limit === undefined) return undefined;
  return (data as Float32Array).find((value) => Number.isFinite(value) && Math.abs(value) >= limit);
}

/** From here on the nearest number of the type is infinity: halfway between its largest one and the next power of 2. */
const largest: Partial<Record<Dtype, number>> = { F16: 65_520, BF16: (2 - 2 ** -8) * 2 ** 127 };
