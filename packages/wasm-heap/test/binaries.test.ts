/** The kernels inside the package are the compiler's, byte for byte. */
import { bytesAsText } from '@bn/tooling/bytesAsText';
import { expect, test } from 'vitest';
import { bytesFromText } from '../src/binary.js';

const everyByte = Array.from({ length: 256 }, (_, i) => i);

test('every byte comes back from its text, whatever comes before it', () => {
  const others = everyByte.flatMap((byte) => [byte, byte ^ 0x55, byte ^ 0xaa]);
  const bytes = Uint8Array.of(...everyByte, ...[...everyByte].reverse(), ...others);
  expect(bytesFromText(bytesAsText(bytes))).toEqual(bytes);
});

test('the text is printable, and needs no escapes between single or double quotes', () => {
  expect(bytesAsText(Uint8Array.from(everyByte))).toMatch(/^[%&(-[\]-~]+$/);
});
