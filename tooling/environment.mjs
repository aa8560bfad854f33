/** What a test that runs in Node and in browsers has to know of where it is. */

/** 'Node' or 'Chromium'. */
export const environment = typeof document === 'undefined' ? 'Node' : 'Chromium';

/**
 * The options of conformance() that tell one environment's run from the other's: the matrix of 'wasm' goes to
 * reports/conformance-wasm-node.json and reports/conformance-wasm-chromium.json.
 *
 * @param {string} name The backend and how it is set up.
 */
export function inThisEnvironment(name) {
  const fileName = `${name} ${environment}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const path = `reports/conformance-${fileName}.json`;
  return { label: `${name} (${environment})`, report: environment === 'Node' ? path : writeTo(path) };
}

/** Files are written by the test server. */
const writeTo = (path) => async (matrix) => {
  const { commands } = await import('vitest/browser');
  await commands.writeFile(path, `${JSON.stringify(matrix, null, 2)}\n`);
};
