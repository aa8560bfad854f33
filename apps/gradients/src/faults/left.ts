/** The rows that are not right on wasm with @bn, and why. A row that has become right must be taken off: a test says so. */
export const left: Readonly<Record<string, string>> = {
  ComplexAbs: 'the wasm backend of tfjs cannot hold complex numbers',
};
