/** tfjs's wasm backend fetches its .wasm files from beside the page, whatever the bundler: they are copied there. */
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export async function copyWasm(project: string, destination: string): Promise<void> {
  const folder = join(project, 'node_modules/@tensorflow/tfjs-backend-wasm/dist');
  const files = await readdir(folder).catch(() => []);
  const binaries = files.filter((file) => file.endsWith('.wasm'));
  await Promise.all(binaries.map((file) => cp(join(folder, file), join(destination, file))));
}
