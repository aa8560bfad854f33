import { loadBackend } from '@bn/backends';
import { checkedInBrowser } from '../../src/table/backends.js';
import { networkSuite } from '../support/networkSuite.js';

for (const backend of checkedInBrowser) {
  await loadBackend(backend);
  networkSuite(backend);
}
