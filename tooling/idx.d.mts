export function idx(shape: readonly number[], data: Uint8Array): Buffer<ArrayBuffer>;
