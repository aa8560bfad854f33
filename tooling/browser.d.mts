export const noChromiumMessage: string;
export const chromiumArguments: readonly string[];
export const startMilliseconds: number;
export const isolationHeaders: Readonly<Record<string, string>>;
export function findChromium(): Promise<string | undefined>;
export function findOrInstallChromium(): Promise<string | undefined>;
