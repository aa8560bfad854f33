/** Every network that is trained on every backend. */
import { imageNetworks } from './images.js';
import type { Network } from './network.js';
import { sequenceNetworks } from './sequences.js';

export { lossesOf, type Network } from './network.js';

export const networks: readonly Network[] = [...imageNetworks, ...sequenceNetworks];
