interface ServedDataset {
  readonly name: string;
  readonly path: string;
}

export declare function buildLab(options: {
  outDir: string;
  datasets: readonly ServedDataset[];
}): Promise<unknown>;

export declare const miniDataset: ServedDataset;
export declare const defaultFolder: string;
