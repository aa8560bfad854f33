/** What an operation asks of a GPU. */
export interface GpuCounts {
  /** Draws, or dispatches. */
  calls: number;
  /** Programs that were compiled, tfjs's own not among them if they can be told apart. */
  programs: number;
  /** Reads of results to the CPU, or to a buffer that the CPU can read. */
  readbacks: number;
  /** Sizes of the textures or storage buffers that calls read and write, each once a call. */
  bytesRead: number;
  bytesWritten: number;
}

export interface MostCalls {
  readonly forward: number;
  readonly both: number;
}

export declare function costsSuite(options: {
  /** The modules @tensorflow/tfjs and @bn/core, whose types this package does not know. */
  tf: object;
  core: object;
  calls: 'draws' | 'dispatches';
  countGpu: (run: () => void) => GpuCounts;
  readme: () => string | Promise<string>;
  most: { readonly batchNorm: MostCalls; readonly others: MostCalls };
  layer: number;
  inference: number;
  images: readonly (readonly number[])[];
}): void;
