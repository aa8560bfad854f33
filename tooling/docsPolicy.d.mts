export function docsPolicy(site: string): string;
