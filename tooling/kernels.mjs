/**
 * Compiles a package's assembly/index.ts to WebAssembly and writes the binaries into src/generated/binaries.ts, so that the
 * package needs no file at run time. `registerLibrary` of @bn/wasm-heap takes them.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesAsText } from './bytesAsText.mjs';

/**
 * No data, no stack, no allocator: the memory belongs to tfjs, and these modules must never write to it unasked. The
 * 65536 pages of 64 KiB are all that 32-bit addresses reach: the memory may declare that much or less.
 */
const commonFlags = [
  ...['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort=', '--stackSize', '0'],
  ...['--importMemory', '--noExportMemory', '--enable', 'simd', '--disableWarning', '112'],
  ...['--enable', 'threads', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
];

/** Fused multiply-add, for engines that have relaxed SIMD. */
export const relaxedFlags = ['--enable', 'relaxed-simd'];

/**
 * @param {object} asc The compiler: the package's own import of 'assemblyscript/asc'.
 * @param {string} packageFolder
 * @param {Record<string, string[]>} variants Flags beside the common ones, by the variant's name.
 */
export async function buildKernels(asc, packageFolder, variants) {
  const generatedFolder = join(packageFolder, 'src/generated');
  await mkdir(generatedFolder, { recursive: true });
  const binaries = [];
  for (const [name, flags] of Object.entries(variants)) {
    const binary = await compile(asc, packageFolder, join(generatedFolder, `${name}.wasm`), flags);
    refuseData(name, binary);
    console.log(`${name}: ${binary.length} bytes`);
    binaries.push({ name, text: bytesAsText(binary), sharedFlagAt: sharedFlagAt(binary) });
  }
  await writeFile(join(generatedFolder, 'binaries.ts'), generatedSource(binaries));
}

async function compile(asc, packageFolder, outFile, flags) {
  const { error, stderr } = await asc.main([
    ...['assembly/index.ts', '--baseDir', packageFolder, '--outFile', outFile],
    ...commonFlags,
    ...flags,
  ]);
  const messages = stderr.toString();
  if (error) throw new Error(`Compiling ${packageFolder}/assembly failed: ${error.message}\n${messages}`);
  if (messages) console.warn(messages);
  const binary = await readFile(outFile);
  await rm(outFile);
  return binary;
}

/**
 * Throws if instantiating a binary would write to memory. A function that is a value (an arrow function in a variable, say) is
 * enough for that.
 */
function refuseData(name, binary) {
  const DATA_SECTION = 11;
  // After magic number and version: section after section of an id, its bytes in LEB128, and so many bytes.
  for (let at = 8; at < binary.length; ) {
    const id = binary[at++];
    if (id === DATA_SECTION) throw new Error(`${name}: the compiler has put data in memory that is not ours`);
    let size = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = binary[at++];
      size |= (byte & 0x7f) << shift;
      more = byte > 0x7f;
    }
    at += size;
  }
}

/** Import of 'memory', of kind memory (2), with flags 'has a maximum' (1) and 'shared' (2), of at least one page. */
const memoryImport = Buffer.from('\x06memory\x02\x03\x01', 'latin1');

/** Where a binary says that the memory it imports is shared: the kernels are the same for one that is not. */
function sharedFlagAt(binary) {
  const start = binary.indexOf(memoryImport);
  if (start < 0) throw new Error('the compiler has written the import of the memory in another way');
  return start + memoryImport.length - 2;
}

/** Characters to a piece of a text, at the most. */
const PIECE = 30000;

/**
 * The texts of all variants in turns, piece by piece: variants are alike but for a few instructions, and gzip finds what is alike
 * within 32 KB only. A text that is longer than that would come twice.
 */
function generatedSource(binaries) {
  const longest = Math.max(...binaries.map(({ text }) => text.length));
  const count = Math.ceil(longest / PIECE);
  const piece = (text, i) =>
    text.slice(Math.floor((i * text.length) / count), Math.floor(((i + 1) * text.length) / count));
  const pieces = Array.from({ length: count }, (_, i) => {
    const texts = binaries.map(({ text }) => `'${piece(text, i)}'`);
    return `  [${texts.join(', ')}],`;
  });
  const entries = binaries.map(
    ({ name, sharedFlagAt }, i) =>
      `  ${name}: { text: /* @__PURE__ */ textOf(${i}), sharedFlagAt: ${sharedFlagAt} },`,
  );
  return `// Generated from assembly/ by the build.
const pieces = [
${pieces.join('\n')}
];
const textOf = (variant: number): string => pieces.map((texts) => texts[variant]).join('');
export const binaries = {
${entries.join('\n')}
};
`;
}
