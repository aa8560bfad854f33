/** Reads memory as fast as one thread can: the measure of every pass that a kernel makes over a tensor. */

const vectorBytes: usize = 16;
/** Vectors at once, each with a sum of its own: one sum would have to wait for itself. */
const blockBytes: usize = 8 * vectorBytes;

/** Sum of the float32 from address `from` to `to`, whose difference is a multiple of 128. Reads each once. */
export function sum(from: usize, to: usize): f32 {
  let a = f32x4.splat(0);
  let b = a,
    c = a,
    d = a,
    e = a,
    f = a,
    g = a,
    h = a;
  for (let at = from; at < to; at += blockBytes) {
    a = f32x4.add(a, v128.load(at));
    b = f32x4.add(b, v128.load(at, 1 * 16));
    c = f32x4.add(c, v128.load(at, 2 * 16));
    d = f32x4.add(d, v128.load(at, 3 * 16));
    e = f32x4.add(e, v128.load(at, 4 * 16));
    f = f32x4.add(f, v128.load(at, 5 * 16));
    g = f32x4.add(g, v128.load(at, 6 * 16));
    h = f32x4.add(h, v128.load(at, 7 * 16));
  }
  const all = f32x4.add(
    f32x4.add(f32x4.add(a, b), f32x4.add(c, d)),
    f32x4.add(f32x4.add(e, f), f32x4.add(g, h)),
  );
  return (
    f32x4.extract_lane(all, 0) +
    f32x4.extract_lane(all, 1) +
    f32x4.extract_lane(all, 2) +
    f32x4.extract_lane(all, 3)
  );
}
