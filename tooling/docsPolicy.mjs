/** The content security policy of the documentation site: TypeDoc writes the same short script into each page. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { policyWith } from './serve.mjs';

/** @param {string} site The finished site. */
export function docsPolicy(site) {
  const page = readFileSync(join(site, 'index.html'), 'utf8');
  const hashes = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script]) => {
    const hash = createHash('sha256').update(script).digest('base64');
    return `'sha256-${hash}'`;
  });
  return policyWith({
    'script-src': hashes,
    // The search index and the navigation unpack themselves.
    'connect-src': ['data:'],
    'img-src': ['data:'],
    'style-src': ["'unsafe-inline'"],
  });
}
