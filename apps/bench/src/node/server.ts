/** Serves the built page on this machine, with the headers that shared memory wants. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { isolationHeaders } from '@bn/tooling/browser';
import sirv from 'sirv';
import { UsageError } from '../errors.js';

const folder = fileURLToPath(new URL('../../dist/web', import.meta.url));

export interface Server {
  readonly url: string;
  close(): void;
}

/** @param port 0 for a free one. @throws UsageError where the port is taken */
export async function serve(port: number): Promise<Server> {
  if (!existsSync(`${folder}/index.html`)) throw new UsageError('the page is not built: run npm run build');
  const files = sirv(folder, {
    setHeaders(response) {
      for (const [name, value] of Object.entries(isolationHeaders)) response.setHeader(name, value);
    },
  });
  const server = createServer(files);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new UsageError(`port ${port} is taken: choose another with --port`)
          : error,
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
