/** The parts of the record: a run each. */

const operations = 'batchNorm,layerNorm,groupNorm';
const phases = ['--phases', 'forwardBackward,inference'];
/** The command lines, which the results show. */
export const runs = {
  node: [
    ...['--torch', '--node', '26', '--backends', 'wasm', '--threads', '1,2', ...phases],
    // Three rounds a process, and an interval of nine that one disturbed round does not widen. Tensors beyond the cache take most
    // of the time, and vary least.
    ...['--rounds', '9', '--large-rounds', '6'],
    ...['--operations', `${operations},rmsNorm,lenet-batch`, '--shapes', 'models,small'],
    ...[
      '--peers',
      'composed,moments,layers-wasm-train,onnxruntime,jax',
      '--budget',
      '20',
      '--longest-run',
      '0.4',
    ],
  ],
  // A few shapes, as rendering in software takes its time.
  page: [
    ...['web', '--headless', '--backends', 'webgl,webgpu', ...phases, '--rounds', '3'],
    ...['--operations', operations, '--shapes', 'quick', '--peers', 'composed,onnxruntime,jax'],
    ...['--budget', '10', '--longest-run', '10'],
  ],
} as const satisfies Record<string, readonly string[]>;

export type Part = keyof typeof runs;
export const parts = Object.keys(runs) as Part[];
