/** A kernel broken on purpose. */
export interface Mutant {
  readonly name: string;
  /** Folder of the package below packages/. */
  readonly package: string;
  /** Package whose conformance suite must fail; default: the mutant's own. */
  readonly suite?: string;
  /** File below the package's folder. */
  readonly file: string;
  /** Text that occurs once in the file. */
  readonly find: string;
  readonly replace: string;
}

export declare const mutants: readonly Mutant[];
