/**
 * Compiles a package's assembly/index.ts to WebAssembly and writes the binaries, as base64, into
 * src/generated/binaries.ts, so that the package needs no file at run time.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** No data, no stack, no allocator: the memory belongs to tfjs, and these modules must never write to it unasked. */
const commonFlags = [
  ...['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort=', '--stackSize', '0'],
  ...['--importMemory', '--noExportMemory', '--enable', 'simd', '--disableWarning', '112'],
];

/** Fused multiply-add, for engines that have relaxed SIMD. */
export const relaxedFlags = ['--enable', 'relaxed-simd'];

/**
 * For a memory that threads share: a module has to declare which kind it imports. 65536 pages of 64 KiB are all that
 * 32-bit addresses reach: the memory may declare that much or less.
 */
export const sharedFlags = [
  ...['--enable', 'threads', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
];

/**
 * @param {object} asc The compiler: the package's own import of 'assemblyscript/asc'.
 * @param {string} packageFolder
 * @param {Record<string, string[]>} variants Flags beside the common ones, by the variant's name.
 */
export async function buildKernels(asc, packageFolder, variants) {
  const generatedFolder = join(packageFolder, 'src/generated');
  await mkdir(generatedFolder, { recursive: true });
  const lines = ['// Generated from assembly/ by the build.', 'export const binaries = {'];
  for (const [name, flags] of Object.entries(variants)) {
    const binary = await compile(asc, packageFolder, join(generatedFolder, `${name}.wasm`), flags);
    console.log(`${name}: ${binary.length} bytes`);
    lines.push(`  ${name}: '${binary.toString('base64')}',`);
  }
  lines.push('} as const;', '');
  await writeFile(join(generatedFolder, 'binaries.ts'), lines.join('\n'));
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
