/**
 * Numbers of the types that checkpoints have, as the two that a state dict has. Floats become float32: F16 and
 * BF16 without a change, F64 rounded to the nearest one. Whole numbers become 64-bit ones, without a change.
 */

type Read = (view: DataView, offset: number) => number;

/** By type: bytes of an element, and how to read one (little-endian). */
const floats = {
  F32: [4, (view, offset) => view.getFloat32(offset, true)],
  F64: [8, (view, offset) => view.getFloat64(offset, true)],
  F16: [2, (view, offset) => halfOf(view.getUint16(offset, true))],
  BF16: [2, (view, offset) => brainFloatOf(view.getUint16(offset, true))],
} satisfies Record<string, readonly [number, Read]>;

const wholeNumbers = {
  I64: [8, (view, offset) => view.getBigInt64(offset, true)],
  I32: [4, (view, offset) => BigInt(view.getInt32(offset, true))],
  U32: [4, (view, offset) => BigInt(view.getUint32(offset, true))],
  I16: [2, (view, offset) => BigInt(view.getInt16(offset, true))],
  U16: [2, (view, offset) => BigInt(view.getUint16(offset, true))],
  I8: [1, (view, offset) => BigInt(view.getInt8(offset))],
  U8: [1, (view, offset) => BigInt(view.getUint8(offset))],
} satisfies Record<string, readonly [number, (view: DataView, offset: number) => bigint]>;

type FloatType = keyof typeof floats;
type WholeType = keyof typeof wholeNumbers;

/** A type that can be converted without loss of meaning. */
export type ElementType = FloatType | WholeType;

const isFloat = (dtype: ElementType): dtype is FloatType => dtype in floats;

export const isElementType = (dtype: unknown): dtype is ElementType =>
  typeof dtype === 'string' && (Object.hasOwn(floats, dtype) || Object.hasOwn(wholeNumbers, dtype));

/** Bytes of an element. */
export const sizeOf = (dtype: ElementType): number =>
  (isFloat(dtype) ? floats[dtype] : wholeNumbers[dtype])[0];

/** The numbers in these bytes, which hold whole elements; undefined if one of them is too large for float32. */
export function readElements(
  dtype: ElementType,
  bytes: Uint8Array,
): Float32Array | BigInt64Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = sizeOf(dtype);
  const length = bytes.byteLength / size;
  if (isFloat(dtype)) {
    const read: Read = floats[dtype][1];
    const values = Float32Array.from({ length }, (_, i) => read(view, i * size));
    const overflows = values.some(
      (value, i) => !Number.isFinite(value) && Number.isFinite(read(view, i * size)),
    );
    return overflows ? undefined : values;
  }
  const read = wholeNumbers[dtype][1];
  return BigInt64Array.from({ length }, (_, i) => read(view, i * size));
}

/** IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction. */
function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a float32. */
function brainFloatOf(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, bits * 0x10000);
  return view.getFloat32(0);
}
