/** Contenders in Chromium, which the tests share. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Part } from '../src/contenders/contender.js';
import { type Contender, contenders } from '../src/contenders/list.js';
import { columnOf } from '../src/matrix/cells.js';
import { page } from '../src/matrix/page.js';
import { tableOf } from '../src/matrix/table.js';
import { ask } from '../src/run/ask.js';
import { outcomeOf } from '../src/run/attempts.js';
import { findPages, openPages, type Pages } from '../src/run/chromium.js';
import { tasks } from '../src/run/tasks.js';

const place = (operation: string, name: string, part: Part): number =>
  tasks.findIndex(({ row, part: own }) => row.op === operation && row.name === name && own === part);
const contender = (way: Contender['way'], backend: string): Contender => ({
  way,
  backend,
  runsIn: 'Chromium',
});

describe('in Chromium', () => {
  let pages: Pages;
  beforeAll(async () => {
    pages = await openPages();
  });
  afterAll(() => pages.close());

  it.each([
    ['composed', 'webgl', 'SwiftShader'],
    ['jax', 'webgpu', 'swiftshader'],
    ['onnxruntime', 'webgpu', 'swiftshader'],
    ['bn', 'webgpu', 'swiftshader'],
  ] as const)('is right: %s on %s, and says what renders', async (way, backend, renderer) => {
    const wanted = [place('batchNormInference', 'image', 'forward')];
    const column = columnOf(await outcomeOf(contender(way, backend), wanted, pages.attempt));
    expect(column.renderer).toContain(renderer);
    expect(column.cells).toMatchObject([{ cases: 1, faults: [] }]);
    expect(column.cells[0]!.error).toBeGreaterThan(0);
    expect(column.cells[0]!.ratio).toBeLessThan(10);
  });

  it('has crashed if the device is lost, and the next case gets another device', async () => {
    const wanted = ['rows', 'video', 'rows, offset 100'].map((name) => place('layerNorm', name, 'forward'));
    const { results } = await outcomeOf(contender('layers', 'webgpu'), wanted, pages.attempt);
    expect(results.map(({ task }) => task)).toEqual(wanted);
    expect(results[1]).toEqual({
      task: wanted[1],
      crashed: expect.stringMatching(/^the WebGPU device was lost: /),
    });
    for (const { errors } of [results[0]!, results[2]!]) expect(errors!.y).toBeLessThan(1e-3);
  });
});

describe('without a browser', () => {
  it('names the path at which there is none', async () => {
    vi.stubEnv('BN_CHROMIUM', '/no/such/chromium');
    const found = await findPages();
    vi.unstubAllEnvs();
    expect(found).toEqual({ missing: expect.stringContaining("'/no/such/chromium'") });
  });

  const missing = 'no Chromium or Chrome was found';
  const webgpu = contenders.filter(({ way, runsIn }) => way === 'layers' && runsIn === 'Chromium');

  it('says that a contender was not run, and why', async () => {
    const lines: string[] = [];
    const of = { Node: { missing: '' }, Python: { missing: '' }, Chromium: { missing } };
    const columns = await ask(webgpu, { of }, (line) => lines.push(line));
    expect(lines).toEqual(['webgl', 'webgpu'].map((backend) => `layers ${backend}: not run: ${missing}`));
    const shown = page({ columns, runtimes: {} });
    for (const backend of ['webgl', 'webgpu']) {
      expect(shown).toContain(`Not run on ${backend}, Chromium: ${missing}.`);
    }
  });

  it('says not run in each cell beside contenders that were', () => {
    const cells = [
      { operation: 'layerNorm', part: 'forward', cases: 1, error: 1e-7, ratio: 0.5, faults: [] },
    ] as const;
    const run = { contender: contenders[0]!, versions: {}, cells };
    const notRun = { contender: webgpu[0]!, versions: {}, cells: [], notRun: missing };
    expect(tableOf([run, notRun])).toBe(
      `| operation | | cpu, Node | webgl, Chromium |
| - | - | - | - |
| layerNorm | y | 1.0e-7 (0.5) | not run |

Not run on webgl, Chromium: ${missing}.`,
    );
  });

  it('says it of a contender that does not start', async () => {
    const of = {
      Node: { missing: '' },
      Python: { missing: '' },
      Chromium: { attempt: async () => 'no adapter' },
    };
    const [column] = await ask(webgpu.slice(0, 1), { of }, () => {});
    expect(column).toMatchObject({ cells: [], notRun: 'layers on webgl does not start: no adapter' });
  });
});
