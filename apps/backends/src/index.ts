/** The backends that the apps offer, and how each is started with our kernels. */

export { softwareRenderer, webglRenderer, webgpuRenderer } from './graphics.js';
export { type BackendName, backendNames, backends, type NodeBackendName, nodeBackendNames } from './list.js';
export { missingFor } from './missing.js';
export { loadBackend, type StartOptions, startBackend, type Threads } from './start.js';
