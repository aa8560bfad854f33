/**
 * GLSL for sums that keep what rounding takes from them (Knuth's two-sum), since a GPU has no float64. A driver that reorders
 * sums loses the rest, and no more. Infinity has none.
 */
export const compensated = `
void add(inout vec2 sum, inout vec2 rest, vec2 value) {
  vec2 total = sum + value;
  vec2 added = total - sum;
  rest += (sum - (total - added)) + (value - added);
  sum = total;
}
vec2 totalOf(vec2 sum, vec2 rest) { return mix(sum, sum + rest, lessThan(abs(sum), vec2(3e38))); }
`;

/**
 * GLSL for a - q * n, exact where q is a / n but for some units in the last place, which is what GPUs promise of a division:
 * products of halves of 12 bits are not rounded. If there is no finite remainder it is 0.
 */
export const remainder = `
float upperHalf(float value) { return intBitsToFloat(floatBitsToInt(value) & 0xfffff000); }
float remainder(float a, float q, float n) {
  float qh = upperHalf(q), ql = q - qh, nh = upperHalf(n), nl = n - nh;
  float left = (((a - qh * nh) - qh * nl) - ql * nh) - ql * nl;
  return abs(left) < 3e38 ? left : 0.0;
}
`;
