/** Tests of a server of pages: whom it answers, and with which headers. */
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** @param {() => Promise<import('./serve.mjs').Served>} start */
export function serverSuite(start) {
  let server;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.close());

  /** Node's fetch lets nobody choose the name of the host. */
  const ask = ({ path = '/', method = 'GET', host } = {}) => {
    const { port } = new URL(server.url);
    const headers = host === undefined ? {} : { host: host.replace('PORT', port) };
    return new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, method, headers }, async (response) => {
        let text = '';
        for await (const chunk of response.setEncoding('utf8')) text += chunk;
        resolve({ status: response.statusCode, headers: response.headers, text });
      })
        .on('error', reject)
        .end();
    });
  };

  test.each(['localhost:PORT', '127.0.0.1:PORT', 'LOCALHOST:PORT'])('answers as %s', async (host) => {
    const { status, text } = await ask({ host });
    expect(status).toBe(200);
    expect(text).toMatch(/^<!doctype html>/i);
  });

  test.each(['evil.example', 'evil.example:PORT', 'localhost', 'localhost:1', 'localhost.evil.example:PORT'])(
    "gives nothing to a page that came as '%s'",
    async (host) => {
      const { status, text } = await ask({ host });
      expect(status).toBe(421);
      expect(text).toBe('This server answers only under the name localhost.\n');
    },
  );

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('refuses %s', async (method) => {
    const { status, headers } = await ask({ method });
    expect(status).toBe(405);
    expect(headers.allow).toBe('GET, HEAD');
  });

  test('answers HEAD without contents', async () => {
    expect(await ask({ method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
  });

  test.each([
    '/../package.json',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/%',
    '/%00',
    '//evil.example',
  ])('has nothing at %s', async (path) => {
    expect((await ask({ path })).status).toBe(404);
  });

  test('forbids guesses at types, frames around the page, and scripts and data from elsewhere', async () => {
    const { headers } = await ask();
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    const policy = headers['content-security-policy'];
    for (const part of [
      "default-src 'self'",
      "frame-ancestors 'none'",
      "object-src 'none'",
      "base-uri 'none'",
    ]) {
      expect(policy).toContain(part);
    }
    expect(policy).not.toMatch(/script-src[^;]*'unsafe-(inline|eval)'|https?:/);
  });
}
