/** A page without a bundler: modules straight from node_modules, named by an import map. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publishedPackages, readManifest } from '../../src/packages.js';
import type { Project } from '../project.js';

/** tfjs's one-file build is all of these packages at once: one file, so that there is one copy of tfjs-core. */
const tfjs = 'node_modules/@tensorflow/tfjs/dist/tf.fesm.min.js';
const inOneFile = [
  'tfjs',
  'tfjs-core',
  'tfjs-layers',
  'tfjs-converter',
  'tfjs-backend-cpu',
  'tfjs-backend-webgl',
];
const webgpu = 'node_modules/@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.fesm.js';
const wasm = 'node_modules/@tensorflow/tfjs-backend-wasm/dist/';
/** What @bn/exchange writes ONNX with. */
const onnx = 'node_modules/onnx-buf/dist/onnx_pb.js';
const protobuf = './node_modules/@bufbuild/protobuf/dist/esm/';
const protobufImports = {
  'onnx-buf': `./${onnx}`,
  '@bufbuild/protobuf': `${protobuf}index.js`,
  '@bufbuild/protobuf/codegenv2': `${protobuf}codegenv2/index.js`,
};
/** tfjs's wasm backend imports these, and calls them in Node alone. */
const builtIns = ['fs', 'path', 'os', 'perf_hooks'];

/** Writes page.html into the project. */
export async function writePage({ folder }: Project): Promise<void> {
  const withWasm = existsSync(join(folder, wasm));
  const imports = {
    ...Object.fromEntries(inOneFile.map((name) => [`@tensorflow/${name}`, `./${tfjs}`])),
    ...(existsSync(join(folder, webgpu)) && { '@tensorflow/tfjs-backend-webgpu': `./${webgpu}` }),
    ...(withWasm && { '@tensorflow/tfjs-backend-wasm': `./${wasm}tf-backend-wasm.fesm.js` }),
    ...(withWasm &&
      Object.fromEntries(builtIns.map((name) => [name, 'data:text/javascript,export default {}']))),
    ...(existsSync(join(folder, onnx)) && protobufImports),
    ...ownImports(folder),
  };
  const wasmPath = `import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';\nsetWasmPaths('./${wasm}');\n`;
  await writeFile(
    join(folder, 'page.html'),

    `<!doctype html>
<meta charset="utf-8">
<script type="importmap">
${JSON.stringify({ imports }, null, 2)}
</script>
<script type="module">
${withWasm ? wasmPath : ''}await import('./program.js');
</script>
`,
  );
}

/** Every entry of the exports of the @bn packages that are installed. */
function ownImports(folder: string): Record<string, string> {
  const entries = publishedPackages
    .filter(({ name }) => existsSync(join(folder, 'node_modules', name)))
    .flatMap(({ name }) =>
      Object.entries(readManifest(join(folder, 'node_modules', name)).exports).flatMap(([path, target]) =>
        typeof target === 'string'
          ? []
          : [[name + path.slice(1), `./node_modules/${name}/${target.default.slice(2)}`]],
      ),
    );
  return Object.fromEntries(entries);
}
