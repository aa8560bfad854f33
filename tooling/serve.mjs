/**
 * Serves a folder of finished files on this machine, to this machine. A page of another site must not get at it through the
 * browser, so that requests are answered only under the server's own names (DNS rebinding), and only those that read.
 */
import { createServer } from 'node:http';
import sirv from 'sirv';

const ADDRESS = '127.0.0.1';
const readingMethods = ['GET', 'HEAD'];

/** A port that another program has. */
export class PortError extends Error {
  constructor(port) {
    super(`port ${port} is taken by another program: choose another with --port, or end that one`);
    this.name = 'PortError';
  }
}

/**
 * The content security policy of a page that has all that it needs beside it.
 *
 * @param {Record<string, readonly string[]>} [more] Sources beyond the page's own, by directive.
 */
export function policyWith(more = {}) {
  const own = {
    'default-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
    'object-src': ["'none'"],
  };
  for (const [directive, sources] of Object.entries(more)) {
    own[directive] = [...(own[directive] ?? ["'self'"]), ...sources];
  }
  return Object.entries(own)
    .map(([directive, sources]) => `${directive} ${sources.join(' ')}`)
    .join('; ');
}

/**
 * What tfjs takes: WebAssembly, and workers whose scripts it makes itself. Pictures are drawn in the page and handed on as
 * data; charts and figures have styles of their own.
 *
 * @param {readonly string[]} scripts More sources of scripts.
 */
export function policyForTfjs(...scripts) {
  return policyWith({
    'script-src': ["'wasm-unsafe-eval'", 'blob:', ...scripts],
    'worker-src': ['blob:'],
    'connect-src': ['blob:', 'data:'],
    'img-src': ['blob:', 'data:'],
    'style-src': ["'unsafe-inline'"],
  });
}

/**
 * @param {import('./serve.mjs').ServeOptions} options
 * @returns {Promise<import('./serve.mjs').Served>}
 * @throws PortError if the port is taken and no other will do.
 */
export async function serveFolder({ folder, port, otherPort = false, policy, headers = {} }) {
  const all = {
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    ...headers,
  };
  const files = sirv(folder);
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(all)) response.setHeader(name, value);
    response.setHeader('Content-Security-Policy', policy(request.url.split('?', 1)[0]));
    if (!ownNames(server.address().port).has(request.headers.host?.toLowerCase())) {
      refuse(response, 421, 'This server answers only under the name localhost.');
    } else if (!readingMethods.includes(request.method)) {
      response.setHeader('Allow', readingMethods.join(', '));
      refuse(response, 405, 'This server only gives files.');
    } else {
      files(request, response, () => refuse(response, 404, 'There is no such file.'));
    }
  });
  try {
    await listening(server, port);
  } catch (error) {
    if (error.code !== 'EADDRINUSE') throw error;
    if (!otherPort) throw new PortError(port);
    await listening(server, 0);
  }
  return {
    url: `http://localhost:${server.address().port}/`,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const ownNames = (port) => new Set(['localhost', ADDRESS].map((name) => `${name}:${port}`));

function refuse(response, status, reason) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${reason}\n`);
}

function listening(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, ADDRESS, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
