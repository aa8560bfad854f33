/** Data files for tests, in the format of MNIST and Fashion-MNIST. */

/** An IDX file of unsigned bytes. */
export function idx(shape, data) {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(0x0800 | shape.length, 0);
  for (const [axis, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  return Buffer.concat([header, data]);
}
