import { isDeepStrictEqual } from 'node:util';
import { must, takes } from '@bn/tooling/promised';
import { DtypeError, readSafetensors, SafetensorsError, writeSafetensors } from '../../dist/index.js';

const arrays = {
  weight: { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
  empty: { dtype: 'F32', shape: [0, 4], data: new Float32Array() },
  steps: { dtype: 'I64', shape: [], data: BigInt64Array.of(12n) },
};

export const corpus = [
  writeSafetensors({ arrays, metadata: { norm: 'batch', epoch: '3' } }),
  writeSafetensors({ arrays: {}, metadata: {} }),
];

export const accept = (bytes) =>
  takes(
    () => {
      const contents = readSafetensors(bytes);
      const again = readSafetensors(writeSafetensors(contents));
      must(isDeepStrictEqual(again, contents), 'it is another when written again');
    },
    SafetensorsError,
    DtypeError,
  );
