export declare function whyMissing(ask: () => unknown): string | undefined;
export declare function reasonOf(missing: string | undefined): string;
export declare function survivors(pids: readonly number[]): Promise<number[]>;
