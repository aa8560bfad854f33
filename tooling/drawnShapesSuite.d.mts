import type { Arbitrary } from 'fast-check';

export declare function drawnShapesSuite<Drawn, Tensor>(options: {
  /** The modules @tensorflow/tfjs-core and @bn/wasm-heap/testing, whose types this package does not know. */
  tf: object;
  heap: object;
  useThreads: (count: number) => Promise<unknown>;
  drawn: Arbitrary<Drawn>;
  cases: readonly (readonly [title: string, compute: (drawn: Drawn) => Tensor[]])[];
  fewestBlocks: number;
  sharesAll?: boolean;
}): void;
