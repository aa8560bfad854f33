export function temporaryFolder(whenDone?: (remove: () => Promise<void>) => void): Promise<string>;
