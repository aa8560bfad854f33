export const root: string;
export function workspaceFolders(): string[];
export function publishedFolders(): string[];
