export function bytesAsText(bytes: Uint8Array): string;
export const bytesFromTextSource: string;
