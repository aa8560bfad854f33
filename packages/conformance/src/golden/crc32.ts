const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 (as zlib's) of the bytes of some arrays, one after another. */
export function crc32(arrays: readonly Float32Array[]): number {
  let crc = -1;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) {
      crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
    }
  }
  return (crc ^ -1) >>> 0;
}
