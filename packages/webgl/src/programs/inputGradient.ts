/**
 * dx = rstd * (gamma * dy - sumDy / m - (x - mean) * rstd * sumDyXhat / m). dy and x are read once and dx written once, four
 * elements at a time, with one fetch for each statistic of a texel, and for each gamma that is not in it (see
 * glsl/statistics.ts).
 */
import { elementOf, fragmentNumber, geometry, type Parameter, prelude } from '../glsl/addressing.js';
import { type ElementsVariant, elements } from '../glsl/elements.js';
import { memoized } from '../glsl/memoized.js';
import { clearBeyond, lookUp, parameter, parameters, positions, statistics } from '../glsl/positions.js';
import type { ElementVariant } from '../layouts/elementLayout.js';

export interface InputGradientVariant extends ElementVariant {
  readonly x: ElementsVariant;
  readonly dy: ElementsVariant;
  readonly gamma: Parameter;
}

export const inputGradient = memoized(
  (variant: InputGradientVariant) => `${prelude}
out vec4 dx;
${fragmentNumber}${geometry}${elementOf}
${elements('x', variant.x)}
${elements('dy', variant.dy)}
${positions(variant)}
${parameter('gamma', variant.gamma)}
void main() {
  int t = fragmentNumber();
  ${lookUp(variant)}
  vec4 gammaDy = dyElements(t)${variant.gamma === 'none' ? '' : ` * ${parameters('gamma', variant)}`};
  vec4 centered = xElements(t) - ${statistics(variant, 'x')};
  dx = ${statistics(variant, 'y')} * (gammaDy - ${statistics(variant, 'z')} - centered * ${statistics(variant, 'w')});
  ${clearBeyond('dx', variant)}
}
`,
);
