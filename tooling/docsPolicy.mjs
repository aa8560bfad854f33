/** The content security policy of the documentation site, whose pages have the same short scripts, and of the lab in it. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { policyForTfjs, policyWith } from './serve.mjs';

/**
 * @param {string} site The finished site.
 * @returns {(path: string) => string} The policy of a path.
 */
export function docsPolicy(site) {
  const page = readFileSync(join(site, 'index.html'), 'utf8');
  const hashes = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script]) => {
    const hash = createHash('sha256').update(script).digest('base64');
    return `'sha256-${hash}'`;
  });
  const forPages = policyWith({
    'script-src': hashes,
    // The search index and the navigation unpack themselves.
    'connect-src': ['data:'],
    'img-src': ['data:'],
    'style-src': ["'unsafe-inline'"],
  });
  const forLab = policyForTfjs();
  return (path) => (path.startsWith('/lab/') ? forLab : forPages);
}
