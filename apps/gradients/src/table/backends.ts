/** The backends of the apps that have columns in the table, in the order of the one list, that of @bn/backends. */
import { type BackendName, backendNames, nodeBackendNames } from '@bn/backends';

/** Cases read their values with dataSync; tfjs's webgpu backend is meant to be read with data. */
type Unchecked = 'webgpu';
export type CheckedBackend = Exclude<BackendName, Unchecked>;

/** Largest error, in parts of the truth's largest element. A new backend does not compile until it is here or in `Unchecked`. */
export const tolerances: Readonly<Record<CheckedBackend, number>> = { wasm: 2e-5, webgl: 2e-4, cpu: 2e-5 };

const isChecked = (name: BackendName): name is CheckedBackend => name in tolerances;

export const checkedBackends = backendNames.filter(isChecked);
/** The other ones are checked in a browser. */
export const checkedInNode = checkedBackends.filter((name) =>
  (nodeBackendNames as readonly BackendName[]).includes(name),
);
export const checkedInBrowser = checkedBackends.filter((name) => !checkedInNode.includes(name));
