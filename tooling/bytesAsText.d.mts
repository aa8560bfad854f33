export function bytesAsText(bytes: Uint8Array): string;
