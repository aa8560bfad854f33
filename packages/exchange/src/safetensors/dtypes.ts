/**
 * The types of numbers in safetensors files, little-endian, and the typed arrays that hold them. JavaScript has no array for F16
 * and BF16: they are read into float32, which holds each of their numbers, and rounded to the nearest one when written.
 */
import { brainFloatBits, brainFloatOf, halfBits, halfOf } from './halves.js';

/** What holds the numbers of each type. */
export interface DtypeData {
  F64: Float64Array;
  F32: Float32Array;
  F16: Float32Array;
  BF16: Float32Array;
  I64: BigInt64Array;
  U64: BigUint64Array;
  I32: Int32Array;
  U32: Uint32Array;
  I16: Int16Array;
  U16: Uint16Array;
  I8: Int8Array;
  U8: Uint8Array;
  /** 0 or 1. */
  BOOL: Uint8Array;
}

export type Dtype = keyof DtypeData;

interface ArrayType<Data> {
  readonly name: string;
  new (buffer: ArrayBuffer): Data;
}

/** Bytes of an element, and the class of the array. */
const types: { readonly [D in Dtype]: readonly [size: number, ArrayType<DtypeData[D]>] } = {
  F64: [8, Float64Array],
  F32: [4, Float32Array],
  F16: [2, Float32Array],
  BF16: [2, Float32Array],
  I64: [8, BigInt64Array],
  U64: [8, BigUint64Array],
  I32: [4, Int32Array],
  U32: [4, Uint32Array],
  I16: [2, Int16Array],
  U16: [2, Uint16Array],
  I8: [1, Int8Array],
  U8: [1, Uint8Array],
  BOOL: [1, Uint8Array],
};

/** The types that can be read and written. */
export const dtypes = Object.keys(types) as readonly Dtype[];

export const isDtype = (dtype: unknown): dtype is Dtype =>
  typeof dtype === 'string' && Object.hasOwn(types, dtype);

/** Bytes of an element. */
export const sizeOf = (dtype: Dtype): number => types[dtype][0];

/** For example 'Float32Array'. */
export const arrayNameOf = (dtype: Dtype): string => types[dtype][1].name;

export const holds = (dtype: Dtype, data: unknown): data is DtypeData[Dtype] =>
  data instanceof types[dtype][1];

/** The halves as bits: how a float32 is made of them, and they of it. */
const halves = { F16: [halfOf, halfBits], BF16: [brainFloatOf, brainFloatBits] } as const;

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The elements of a type in these bytes, which hold whole ones; a copy. */
export function decode<D extends Dtype>(dtype: D, bytes: Uint8Array): DtypeData[D] {
  const [size, Type] = types[dtype];
  if (dtype === 'F16' || dtype === 'BF16') {
    const [toFloat] = halves[dtype as keyof typeof halves];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const data = new Float32Array(bytes.byteLength / size);
    for (let i = 0; i < data.length; i++) data[i] = toFloat(view.getUint16(size * i, true));
    return data as DtypeData[D];
  }
  // A view would have to begin at a multiple of the size; `slice` of Node's Buffer would be one.
  const copy = new Uint8Array(bytes);
  return new Type(inOrder(copy, size).buffer) as DtypeData[D];
}

/** The bytes of the elements; for most types a view of their memory. */
export function encode(dtype: Dtype, data: DtypeData[Dtype]): Uint8Array {
  const size = sizeOf(dtype);
  if (dtype === 'F16' || dtype === 'BF16') {
    const [, toBits] = halves[dtype];
    const bytes = new Uint8Array(size * data.length);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < data.length; i++) view.setUint16(size * i, toBits(data[i] as number), true);
    return bytes;
  }
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return littleEndian ? bytes : inOrder(new Uint8Array(bytes), size);
}

/** Turns the bytes of each element around on a machine that has the largest first. */
function inOrder<Bytes extends Uint8Array>(bytes: Bytes, size: number): Bytes {
  if (littleEndian) return bytes;
  for (let begin = 0; begin < bytes.length; begin += size) bytes.subarray(begin, begin + size).reverse();
  return bytes;
}
