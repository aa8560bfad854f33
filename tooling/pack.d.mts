export declare function packInto(folder: string): Map<string, string>;
