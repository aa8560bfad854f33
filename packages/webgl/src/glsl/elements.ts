/** GLSL for element-wise passes: the texel of a large tensor that belongs to the fragment. */
import { type Access, largeTensor, likeTarget } from './addressing.js';

/** 'same': laid out as the target is. */
export type ElementsVariant = Access | 'same';

export const elements = (name: string, variant: ElementsVariant): string =>
  variant === 'same'
    ? `${likeTarget(name, false)}vec4 ${name}Elements(int t) { return ${name}Here(); }\n`
    : `${largeTensor(name, variant)}
vec4 ${name}Elements(int t) { return ${name}Read(${name}Cursor(t)); }
`;
