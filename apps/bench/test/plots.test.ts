import { expect, test } from 'vitest';
import { selectContenders } from '../src/grid/contenders.js';
import { growthLines } from '../src/plots/growth.js';
import type { Entry } from '../src/results/summary.js';

const contenders = selectContenders({
  backends: ['wasm', 'cpu', 'webgl'],
  threads: [1, 2],
  peers: ['composed', 'jax', 'torch'],
  runtimes: ['Node 26.12.1'],
}).filter(({ implementation, backend }) => implementation === 'bn' || backend !== 'cpu');
const entries = contenders.map(
  (contender) => ({ row: { shape: [4, 4] }, contender, measured: { median: 1 } }) as unknown as Entry,
);

test('no two contenders of a line plot look the same', () => {
  const ranges = growthLines(entries).scales!.flatMap((scale) =>
    ['color', 'opacity', 'dash'].includes(scale.name) ? [(scale as { range: unknown[] }).range] : [],
  );
  const looks = contenders.map((_, i) => JSON.stringify(ranges.map((range) => range[i])));
  expect(ranges).toHaveLength(3);
  expect(new Set(looks).size).toBe(contenders.length);
});
