import { loadBackend } from '@bn/backends';
import { checkedInNode } from '../src/table/backends.js';
import { networkSuite } from './support/networkSuite.js';

for (const backend of checkedInNode) {
  await loadBackend(backend);
  networkSuite(backend);
}
