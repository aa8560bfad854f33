/** Settings of vitest's own, but for the file's name, by which the package's tests do not find it. */
export default { test: { include: ['hangs.ts'] } };
