/** keep * average + weight * value, two elements in a texel. */
import { fragmentNumber, prelude, smallTensor } from '../glsl/addressing.js';

export const movingAverage = `${prelude}
out vec4 moved;
uniform float keep;
uniform float weight;
uniform int count;
${fragmentNumber}${smallTensor('average')}${smallTensor('value')}
void main() {
  int i = 2 * fragmentNumber();
  vec2 average = vec2(averageAt(i), averageAt(i + 1));
  vec2 value = vec2(valueAt(i), valueAt(i + 1));
  vec2 sum = keep * average + weight * value;
  moved = vec4(sum.x, i + 1 < count ? sum.y : 0.0, 0.0, 0.0);
}
`;
