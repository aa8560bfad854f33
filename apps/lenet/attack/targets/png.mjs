import { crc32 } from 'node:zlib';
import { must, takes } from '@bn/tooling/promised';
import { PNG } from 'pngjs';
import { decodePng } from '../../dist/dataset/png.js';
import { ImageError } from '../../dist/errors.js';

function picture(options) {
  const png = new PNG({ width: 28, height: 28 });
  for (let i = 0; i < png.data.length; i++) png.data[i] = (7 * i) % 256;
  return PNG.sync.write(png, options);
}

export const corpus = [picture({ colorType: 0 }), picture({ colorType: 2 }), picture({ colorType: 6 })];

/** As it is, and with its checksums made right, which let changes through to what is behind them. */
export const accept = async (bytes) => {
  const read = (png) => takes(() => must(decodePng(png).length === 784, 'it has not 784 pixels'), ImageError);
  const [whole, mended] = [await read(bytes), await read(withChecksums(bytes))];
  return whole || mended;
};

function withChecksums(bytes) {
  const png = Buffer.from(bytes);
  for (let offset = 8; offset + 12 <= png.length; ) {
    const end = offset + 8 + png.readUInt32BE(offset);
    if (end + 4 > png.length) break;
    png.writeUInt32BE(crc32(png.subarray(offset + 4, end)), end);
    offset = end + 4;
  }
  return png;
}
