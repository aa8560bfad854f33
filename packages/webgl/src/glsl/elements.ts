/** GLSL for element-wise passes: the texel of a large tensor that belongs to the fragment. */

import type { LargeInput } from '../passes/inputs.js';
import type { SizedTexture } from '../textures/draw.js';
import { largeTensor, likeTarget } from './addressing.js';

/** 'same': laid out as the target is. */
export type ElementsVariant = LargeInput['access'] | 'same';

export const elementsVariant = (
  { access, width, height }: LargeInput,
  target: SizedTexture,
): ElementsVariant =>
  access === 'texel' && width === target.width && height === target.height ? 'same' : access;

export const elements = (name: string, variant: ElementsVariant): string =>
  variant === 'same'
    ? `${likeTarget(name, false)}vec4 ${name}Elements(int t) { return ${name}Here(); }\n`
    : `${largeTensor(name, variant)}
vec4 ${name}Elements(int t) { return ${name}Read(${name}Cursor(t)); }
`;
