// Weights go into a safetensors file and come back.
import { readSafetensors, SafetensorsError, writeSafetensors } from '@bn/exchange';

const weight = { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2.5) } as const;
const bytes = writeSafetensors({ arrays: { weight }, metadata: { format: 'pt' } });
const { arrays, metadata } = readSafetensors(bytes);
console.log(`${arrays.weight?.data.join(' ')} ${metadata.format}`); // 1 2.5 pt

try {
  readSafetensors(bytes.subarray(0, -1));
} catch (error) {
  if (error instanceof SafetensorsError) console.log(error.code); // BN_SAFETENSORS_LENGTH
}
