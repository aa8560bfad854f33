/**
 * y = (x - mean) * rstd * gamma + beta. x is read once and y written once, four elements at a time, with one fetch for each
 * statistic of a texel, and for each parameter that is not in it (see glsl/statistics.ts).
 */
import { elementOf, fragmentNumber, geometry, type Parameter, prelude } from '../glsl/addressing.js';
import { type ElementsVariant, elements } from '../glsl/elements.js';
import { memoized } from '../glsl/memoized.js';
import { clearBeyond, lookUp, parameter, parameters, positions, statistics } from '../glsl/positions.js';
import type { ElementVariant } from '../layouts/elementLayout.js';

export interface NormalizeVariant extends ElementVariant {
  readonly x: ElementsVariant;
  readonly gamma: Parameter;
  readonly beta: Parameter;
}

export const normalize = memoized(
  (variant: NormalizeVariant) => `${prelude}
out vec4 y;
${fragmentNumber}${geometry}${elementOf}
${elements('x', variant.x)}
${positions(variant)}
${parameter('gamma', variant.gamma)}
${parameter('beta', variant.beta)}
void main() {
  int t = fragmentNumber();
  ${lookUp(variant)}
  vec4 standardized = (xElements(t) - ${statistics(variant, 'x')}) * ${statistics(variant, 'y')} + ${statistics(variant, 'z')};
  y = standardized${variant.gamma === 'none' ? '' : ` * ${parameters('gamma', variant)}`}${
    variant.beta === 'none' ? '' : ` + ${parameters('beta', variant)}`
  };
  ${clearBeyond('y', variant)}
}
`,
);
