export declare function publishedFolders(): string[];
export declare function packInto(folder: string): Map<string, string>;
