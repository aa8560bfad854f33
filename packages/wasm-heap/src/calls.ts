/** How kernels are called: with the address of a record, whose fields the host writes by their names. */
import type { Views } from './views.js';

/** A class of the assembly (`@unmanaged`), as the host knows it. */
export interface CallRecord<Call> {
  readonly bytes: number;
  /** Writes a call at `pointer`, a multiple of 8. */
  write(memory: Pick<Views, 'integers' | 'doubles'>, pointer: number, call: Call): void;
}

/** What a library exports, by how it is called. */
export interface KernelTypes {
  /** Kernels that take (call, from, to, scratch), and the call's type: a range of items, and the thread's own scratch space. */
  readonly ranges: object;
  /** Kernels that take a call alone, as functions of the call. */
  readonly calls: object;
  /** Functions of numbers. */
  readonly functions: object;
}

/** The call of a kernel that takes it alone. */
export type CallOf<K extends KernelTypes, Name extends keyof K['calls']> = K['calls'][Name] extends (
  call: infer Call,
) => unknown
  ? Call
  : never;

/** What such a kernel returns. */
export type ResultOf<K extends KernelTypes, Name extends keyof K['calls']> = K['calls'][Name] extends (
  call: never,
) => infer Result
  ? Result
  : never;

/** The record of each kernel. */
export type RecordsOf<K extends KernelTypes> = {
  readonly [Name in keyof K['ranges']]: CallRecord<K['ranges'][Name]>;
} & {
  readonly [Name in keyof K['calls']]: CallRecord<CallOf<K, Name>>;
};

/** Functions as WebAssembly exports them. */
export type Exports = Readonly<Record<string, (...numbers: number[]) => number>>;
