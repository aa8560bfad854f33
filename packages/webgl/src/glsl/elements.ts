/** GLSL for element-wise passes: the texel of a large tensor that belongs to the fragment. */
import type { LargeInput } from '../inputs.js';
import { largeTensor, sampler } from './addressing.js';

/** 'same': laid out as the target is, so that a texel is where the fragment is. */
export type ElementsVariant = LargeInput['access'] | 'same';

export const elementsVariant = ({ access, width }: LargeInput, targetWidth: number): ElementsVariant =>
  access === 'texel' && width === targetWidth ? 'same' : access;

export const elements = (name: string, variant: ElementsVariant): string =>
  variant === 'same'
    ? `${sampler(name)}
vec4 ${name}Elements(int t) { return texture(${name}, gl_FragCoord.xy * ${name}Scale); }
`
    : `${largeTensor(name, variant)}
vec4 ${name}Elements(int t) { return ${name}Read(${name}Cursor(t)); }
`;
