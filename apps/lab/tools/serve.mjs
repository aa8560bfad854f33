/** Serves a built page on this machine. */
import { isolationHeaders } from '@bn/tooling/browser';
import { policyForTfjs, serveFolder } from '@bn/tooling/serve';

/**
 * @param {object} options
 * @param {string} options.folder What `buildLab` wrote.
 * @param {number} [options.port] Another free one is taken if it is in use.
 * @param {Record<string, string>} [options.headers] Isolated pages have clocks that are precise; the lab does without.
 * @returns {Promise<import('@bn/tooling/serve').Served>}
 */
export const serveLab = ({ folder, port = 4173, headers = isolationHeaders }) =>
  serveFolder({ folder, port, otherPort: true, policy: () => policyForTfjs(), headers });
