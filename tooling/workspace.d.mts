export const root: string;
export function manifestOf(folder: string): { readonly name: string };
export function workspaceFolders(): string[];
export function publishedFolders(): string[];
