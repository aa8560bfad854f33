/** 16-bit floats as float32 and back: IEEE 754 binary16, and the upper half of a float32 (bfloat16). */

const view = new DataView(new ArrayBuffer(4));

/** binary16: sign, 5 bits of exponent, 10 of fraction. */
export function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The nearest binary16; halfway, the even one. Beyond 65,504 it is infinite. */
export function halfBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  if (Number.isNaN(value)) return 0x7e00;
  const magnitude = Math.abs(value);
  if (magnitude >= 65_520) return sign | 0x7c00;
  // Steps between neighbours: 2^-24 up to the smallest normal number, then 2^-10 of the power of 2 below.
  const exponent = Math.max(Math.floor(Math.log2(magnitude)), -14);
  const steps = evenRound(magnitude / 2 ** (exponent - 10));
  // A carry into the exponent comes out right: the fraction runs over into it.
  return sign | (exponent === -14 ? steps : ((exponent + 14) << 10) + steps);
}

/** The upper half of a float32. */
export function brainFloatOf(bits: number): number {
  view.setUint32(0, bits * 0x10000);
  return view.getFloat32(0);
}

/** The nearest bfloat16 of a float32; halfway, the even one. */
export function brainFloatBits(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  const upper = bits >>> 16;
  const rest = bits & 0xffff;
  return rest > 0x8000 || (rest === 0x8000 && upper % 2 === 1) ? upper + 1 : upper;
}

function evenRound(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
