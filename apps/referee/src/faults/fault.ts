/** A fault of tfjs as its users meet it: an expression, what tfjs makes of it, what is right, and what mends it. */

export type Backend = 'cpu' | 'wasm' | 'webgl' | 'webgpu';

/** Those that Chromium runs; the others run in Node. */
export const inChromium: readonly Backend[] = ['webgl', 'webgpu'];

/** A package or an entry of one whose import mends faults. */
export type Mending = '@bn/layers' | '@bn/wasm' | '@bn/wasm-train';

export interface Fault {
  /** In words, what somebody wants who meets it. */
  readonly wanted: string;
  /** An expression in JavaScript: of `tf`, of what the import exports, and of `helpers`. */
  readonly code: string;
  /** Where tfjs alone shows it. */
  readonly backends: readonly Backend[];
  /** How tfjs's error begins; undefined if it computes. */
  readonly message?: string;
  /** What tfjs computes; undefined for an error, and for values that are not the same in every run. */
  readonly wrong?: readonly number[];
  readonly right: readonly number[];
  /** What mends it; undefined if only other code does. */
  readonly mending?: Mending;
  /** The code with which it is right, if that is not the same. */
  readonly instead?: string;
  /** Numbers of tfjs's issues about it. */
  readonly issues?: readonly number[];
}
