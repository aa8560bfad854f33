/** The JSON of safetensors files whose lengths are right. */
import { accept as acceptFile, corpus as files } from './safetensors.mjs';

const headerLength = (file) => Number(Buffer.from(file).readBigUInt64LE(0));
const data = Buffer.from(files[0]).subarray(8 + headerLength(files[0]));

export const isJson = true;
export const corpus = [files[0].slice(8, 8 + headerLength(files[0]))];

export const accept = (bytes) => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return acceptFile(new Uint8Array(Buffer.concat([length, bytes, data])));
};
