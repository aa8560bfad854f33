/** Arrays as files hold them. */
import type { Dtype, DtypeData } from './dtypes.js';

/** What the header of a file says of an array. */
export interface ArrayDescription {
  readonly dtype: Dtype;
  /** `[]` for a single number. */
  readonly shape: readonly number[];
}

/** An array: its type in the file, its shape, and its numbers in row-major order. */
export type NamedArray = {
  readonly [D in Dtype]: {
    readonly dtype: D;
    readonly shape: readonly number[];
    readonly data: DtypeData[D];
  };
}[Dtype];

/** Arrays by their names. */
export type NamedArrays = Readonly<Record<string, NamedArray>>;

/** A whole file. */
export interface SafetensorsContents {
  readonly arrays: NamedArrays;
  /** Text under `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

export const elementsOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** For example 'F32 [2, 3]'. */
export const describe = ({ dtype, shape }: ArrayDescription): string => `${dtype} [${shape.join(', ')}]`;
