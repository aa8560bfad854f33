/** GLSL that finds texels: of the fragment being drawn, of large tensors by texel, of small ones by element. */
import { STATISTICS_PER_ROW } from '../textures/texels.js';

/**
 * How a tensor the size of x is read, by texels of the shape that a program walks:
 *
 * - 'texel': packed in that shape, one fetch for a texel;
 * - 'flat': not packed, four fetches;
 * - 'lane': packed in another shape, four fetches of which each picks a lane.
 */
export type Access = 'texel' | 'flat' | 'lane';

/** How texels are walked: 'straight' if they are a row or a column of the texture, which the walk never leaves. */
export type WalkedAccess = Access | 'straight';

export const prelude = `#version 300 es
precision highp float;
precision highp int;
precision highp sampler2D;

`;

/**
 * Declares texture `name`: name##Texel(at) is its texel there. Looked up by texture(), at the middle of the texel: software
 * renderers take up to twice as long over texelFetch(), and GPUs take both alike.
 */
export const sampler = (name: string) => `
uniform sampler2D ${name};
uniform vec2 ${name}Scale;
vec4 ${name}Texel(ivec2 at) { return texture(${name}, (vec2(at) + 0.5) * ${name}Scale); }
`;

/**
 * What is laid out as the target is, or as a row of it: name##Here() is the texel in the fragment's place. They share one uniform;
 * software renderers take long over each.
 */
export const likeTarget = (name: string, oneRow: boolean) => `
uniform sampler2D ${name};
vec4 ${name}Here() {
  return texture(${name}, ${oneRow ? 'vec2(gl_FragCoord.x * targetScale.x, 0.5)' : 'gl_FragCoord.xy * targetScale'});
}
`;

/** Number of the fragment, counted along the rows of the target, whose scale `likeTarget` uses. */
export const fragmentNumber = `
uniform int targetWidth;
uniform vec2 targetScale;
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
export function largeTensor(name: string, access: WalkedAccess): string {
  switch (access) {
    case 'straight':
      return texelCursor(name, 'at + stride');
    case 'texel':
      return texelCursor(name, `${name}Wrapped(at + stride)`);
    case 'flat':
      return flatElement(name) + elementCursor(name);
    case 'lane':
      return laneElement(name) + elementCursor(name);
  }
}

const texelCursor = (name: string, next: string) => `${sampler(name)}
uniform int ${name}Width;
ivec2 ${name}Cursor(int t) {
  int y = t / ${name}Width;
  return ivec2(t - y * ${name}Width, y);
}
ivec2 ${name}Wrapped(ivec2 at) { return at.x < ${name}Width ? at : ivec2(at.x - ${name}Width, at.y + 1); }
ivec2 ${name}Next(ivec2 at, ivec2 stride) { return ${next}; }
vec4 ${name}Read(ivec2 at) { return ${name}Texel(at); }
`;

const flatElement = (name: string) => `${sampler(name)}
uniform int ${name}Width;
uniform int ${name}Offset;
float ${name}Element(int i) {
  i += ${name}Offset;
  int y = i / ${name}Width;
  return ${name}Texel(ivec2(i - y * ${name}Width, y)).r;
}
`;

const laneElement = (name: string) => `${sampler(name)}
uniform int ${name}Width;
uniform ivec2 ${name}Size;
float ${name}Element(int i) {
  int line = i / ${name}Size.y;
  int column = i - line * ${name}Size.y;
  int batch = line / ${name}Size.x;
  int row = line - batch * ${name}Size.x;
  int texel = (batch * ((${name}Size.x + 1) / 2) + row / 2) * ((${name}Size.y + 1) / 2) + column / 2;
  int y = texel / ${name}Width;
  vec4 lanes = ${name}Texel(ivec2(texel - y * ${name}Width, y));
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

/** One element of a small tensor. Layout: width in texels, 1 if two elements share a texel, first element. */
export const smallTensor = (name: string) => `${sampler(name)}
uniform ivec3 ${name}Layout;
float ${name}At(int i) {
  int element = i + ${name}Layout.z;
  int texel = element >> ${name}Layout.y;
  int y = texel / ${name}Layout.x;
  vec4 lanes = ${name}Texel(ivec2(texel - y * ${name}Layout.x, y));
  return (element & ${name}Layout.y) == 0 ? lanes.r : lanes.g;
}
`;

/**
 * The texture of statistic texels: statisticTexel(s) is the one of statistic s. If s is even, the next one is in the same
 * row: finding both costs little more than finding one.
 */
export const statisticTexels = `${sampler('statistics')}
vec2 statisticPlace(int s) {
  return (vec2(s & ${STATISTICS_PER_ROW - 1}, s >> ${Math.log2(STATISTICS_PER_ROW)}) + 0.5) * statisticsScale;
}
vec4 statisticTexel(int s) { return texture(statistics, statisticPlace(s)); }
void statisticTexels(int s, out vec4 even, out vec4 odd) {
  vec2 place = statisticPlace(s);
  even = texture(statistics, place);
  odd = texture(statistics, place + vec2(statisticsScale.x, 0.0));
}
`;

/** How a shader reads a vector of parameters: 'targetRow' if it is laid out as each row of the target. */
export type GivenParameter = 'targetRow' | 'oneRow' | 'rows';
export type Parameter = GivenParameter | 'none';

/** Elements 2p and 2p + 1 of a vector of parameters. */
export function pairs(name: string, parameter: GivenParameter): string {
  switch (parameter) {
    case 'targetRow':
      return `${likeTarget(name, true)}vec2 ${name}Pair(int p) { return ${name}Here().xy; }\n`;
    case 'oneRow':
      return `${sampler(name)}vec2 ${name}Pair(int p) { return ${name}Texel(ivec2(p, 0)).xy; }\n`;
    case 'rows':
      return `${sampler(name)}
uniform int ${name}Width;
vec2 ${name}Pair(int p) {
  int y = p / ${name}Width;
  return ${name}Texel(ivec2(p - y * ${name}Width, y)).xy;
}
`;
  }
}

/**
 * a / b of numbers that are not negative. GPUs have no division of integers, and take long to do without. Floats are off by
 * less than one if the quotient is below 2^20 (LARGEST_QUOTIENT of the layouts): they may be some units in the last place.
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
