/** Serves a built page on this machine. */
import { isolationHeaders } from '@bn/tooling/browser';
import { preview } from 'vite';

/**
 * @param {object} options
 * @param {string} options.folder What `buildLab` wrote.
 * @param {number} [options.port] Another free one is taken where it is in use.
 * @param {boolean} [options.open] Whether to open the page in the browser.
 * @param {Record<string, string>} [options.headers] Isolated pages have clocks that are precise; the lab does without.
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serveLab({ folder, port = 4173, open = false, headers = isolationHeaders }) {
  const server = await preview({
    configFile: false,
    logLevel: 'warn',
    build: { outDir: folder },
    preview: { port, host: '127.0.0.1', open, headers },
  });
  return { url: server.resolvedUrls.local[0], close: () => server.close() };
}
