export declare const pythons: readonly string[];
export declare const noTorch: string;
export declare function pythonWithTorch(): string | undefined;
