/** Serves the built page on this machine, with the headers that shared memory wants. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isolationHeaders } from '@bn/tooling/browser';
import { PortError, policyForTfjs, type Served, serveFolder } from '@bn/tooling/serve';
import { UsageError } from '../errors.js';

const folder = fileURLToPath(new URL('../../dist/web', import.meta.url));

/** onnxruntime-web makes functions out of text. It runs in the workers that measure, and the page itself does without. */
const policy = (path: string): string =>
  path.startsWith('/assets/peerWorker-') ? policyForTfjs("'unsafe-eval'") : policyForTfjs();

/** @param port 0 for a free one. @throws UsageError if the port is taken */
export async function serve(port: number): Promise<Served> {
  if (!existsSync(`${folder}/index.html`)) throw new UsageError('the page is not built: run npm run build');
  try {
    return await serveFolder({ folder, port, policy, headers: isolationHeaders });
  } catch (error) {
    throw error instanceof PortError ? new UsageError(error.message) : error;
  }
}
