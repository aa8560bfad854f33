/** GLSL that finds texels: of the fragment being drawn, of large tensors by texel, of small ones by element. */
import type { Access } from '../inputs.js';
import { STATISTICS_PER_ROW } from '../scope.js';

export const prelude = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;

`;

/** Number of the fragment, counted along the rows of the target. */
export const fragmentNumber = `
uniform int targetWidth;
int fragmentNumber() { return int(gl_FragCoord.y) * targetWidth + int(gl_FragCoord.x); }
`;

/** The geometry that is walked; see Texels. */
export const geometry = `
uniform int rows;
uniform int columns;
uniform int texelRows;
uniform int texelColumns;
`;

/**
 * Reads tensor `name` texel by texel of the geometry: name##Cursor(t) is where texel t is, or how far t texels are;
 * name##Next(at, stride) is a stride on; name##Read(at) the texel there.
 */
export function largeTensor(name: string, access: Access): string {
  const cursor = access === 'texel' ? texelCursor(name) : elementCursor(name);
  return access === 'texel' ? cursor : (access === 'flat' ? flatElement(name) : laneElement(name)) + cursor;
}

const texelCursor = (name: string) => `
uniform sampler2D ${name};
uniform int ${name}Width;
ivec2 ${name}Cursor(int t) {
  int y = t / ${name}Width;
  return ivec2(t - y * ${name}Width, y);
}
ivec2 ${name}Next(ivec2 at, ivec2 stride) {
  at += stride;
  return at.x < ${name}Width ? at : ivec2(at.x - ${name}Width, at.y + 1);
}
vec4 ${name}Read(ivec2 at) { return texelFetch(${name}, at, 0); }
`;

const flatElement = (name: string) => `
uniform sampler2D ${name};
uniform int ${name}Width;
uniform int ${name}Offset;
float ${name}Element(int i) {
  i += ${name}Offset;
  int y = i / ${name}Width;
  return texelFetch(${name}, ivec2(i - y * ${name}Width, y), 0).r;
}
`;

const laneElement = (name: string) => `
uniform sampler2D ${name};
uniform int ${name}Width;
uniform ivec2 ${name}Size;
float ${name}Element(int i) {
  int line = i / ${name}Size.y;
  int column = i - line * ${name}Size.y;
  int batch = line / ${name}Size.x;
  int row = line - batch * ${name}Size.x;
  int texel = (batch * ((${name}Size.x + 1) / 2) + row / 2) * ((${name}Size.y + 1) / 2) + column / 2;
  int y = texel / ${name}Width;
  vec4 lanes = texelFetch(${name}, ivec2(texel - y * ${name}Width, y), 0);
  vec2 pair = (row & 1) == 0 ? lanes.xy : lanes.zw;
  return (column & 1) == 0 ? pair.x : pair.y;
}
`;

const elementCursor = (name: string) => `
ivec2 ${name}Cursor(int t) { return ivec2(t, 0); }
ivec2 ${name}Next(ivec2 at, ivec2 stride) { return at + stride; }
vec4 ${name}Read(ivec2 at) {
  int i = elementOf(at.x);
  return vec4(${name}Element(i), ${name}Element(i + 1), ${name}Element(i + columns), ${name}Element(i + columns + 1));
}
`;

/** Row-major number of the first element of texel t of the geometry. */
export const elementOf = `
int elementOf(int t) {
  int line = t / texelColumns;
  int batch = line / texelRows;
  return (batch * rows + 2 * (line - batch * texelRows)) * columns + 2 * (t - line * texelColumns);
}
`;

/** One element of a small tensor. Layout: width in texels, 1 where two elements share a texel, first element. */
export const smallTensors = `
float elementAt(sampler2D tensor, ivec3 place, int i) {
  int element = i + place.z;
  int texel = element >> place.y;
  int y = texel / place.x;
  vec4 lanes = texelFetch(tensor, ivec2(texel - y * place.x, y), 0);
  return (element & place.y) == 0 ? lanes.r : lanes.g;
}
`;

export const smallTensor = (name: string) => `
uniform sampler2D ${name};
uniform ivec3 ${name}Layout;
float ${name}At(int i) { return elementAt(${name}, ${name}Layout, i); }
`;

/** The texel of statistic s, in textures that have one statistic in a texel. */
export const statisticAt = `
ivec2 statisticAt(int s) { return ivec2(s & ${STATISTICS_PER_ROW - 1}, s >> ${Math.log2(STATISTICS_PER_ROW)}); }
`;

/** Elements 2p and 2p + 1 of a vector of parameters. */
export const pairs = (name: string, oneRow: boolean) => `
uniform sampler2D ${name};
${
  oneRow
    ? `vec2 ${name}Pair(int p) { return texelFetch(${name}, ivec2(p, 0), 0).xy; }`
    : `uniform int ${name}Width;
vec2 ${name}Pair(int p) {
  int y = p / ${name}Width;
  return texelFetch(${name}, ivec2(p - y * ${name}Width, y), 0).xy;
}`
}
`;

/**
 * a / b of numbers that are not negative. GPUs have no division of integers, and take long to do without. Floats are off by
 * less than one where the quotient is below LARGEST_QUOTIENT: they may be some units in the last place.
 */
export const quotient = (exact: boolean): string =>
  exact
    ? 'int quotient(int a, int b) { return a / b; }'
    : `
int quotient(int a, int b) {
  int q = int(float(a) / float(b));
  int rest = a - q * b;
  return rest < 0 ? q - 1 : rest < b ? q : q + 1;
}
`;

export const LARGEST_QUOTIENT = 2 ** 20;

/** The first of the two rows, counted through all batches, of a row of texels. */
export const firstRow = (inOrder: boolean): string =>
  inOrder
    ? 'int rowOf(int line) { return 2 * line; }'
    : `
int rowOf(int line) {
  int batch = line / texelRows;
  return batch * rows + 2 * (line - batch * texelRows);
}
`;
