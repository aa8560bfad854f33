export function runVitest(vitest: string, root: string, file: string): Promise<number>;
