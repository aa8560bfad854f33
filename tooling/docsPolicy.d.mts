export function docsPolicy(site: string): (path: string) => string;
