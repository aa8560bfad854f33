/** The reports show the same figures, those of the result. */
import { describe, expect, it } from 'vitest';
import { type Contender, selectContenders } from '../src/grid/contenders.js';
import { besidePeers } from '../src/report/besidePeers.js';
import { comparisonAsText } from '../src/report/comparison.js';
import { detailsOf } from '../src/report/details.js';
import { bytes, duration, significant } from '../src/report/format.js';
import { escaped, reportAsHtml } from '../src/report/html.js';
import { reportAsMarkdown } from '../src/report/markdown.js';
import { notesOf } from '../src/report/notes.js';
import { overview } from '../src/report/overview.js';
import { sectionsOf } from '../src/report/sections.js';
import { textCells } from '../src/report/table.js';
import { resultAsText, tableAsText } from '../src/report/text.js';
import { verdictLines } from '../src/report/verdict.js';
import { compareResults } from '../src/results/compare.js';
import { ofContenders } from '../src/results/ofContenders.js';
import type { BenchResult } from '../src/results/result.js';
import { entriesOf } from '../src/results/summary.js';
import { cellOf, composed, large, ours, resultOf, small } from './support.js';

const same = (value: number) => Array<number>(6).fill(value);
const result = resultOf([1, 1, 1.2, 1, 1, 1], [20, 20, 21, 20, 20, 20], same(0.05), same(0.1));
const title = 'BatchNorm forward + backward 256x6x24x24 channels first';

it('has our time, the peer’s, the ratio and how near the limit of memory is in the overview', () => {
  const [overview] = sectionsOf(result);
  expect(overview!.columns).toEqual(['@bn', 'tfjs composed', 'memory limit']);
  expect(overview!.rows).toEqual([
    {
      title,
      cells: [{ text: '1.00 ±20%' }, { text: '20.0, 20.0x ±13%', peerWins: false }, { text: '2.50x' }],
    },
  ]);
});

it('has all numbers in the details', () => {
  const [, theirs] = entriesOf(result, result.rows[0]!);
  expect(detailsOf('', [theirs!]).rows).toEqual([
    {
      title: `${title}, tfjs composed, wasm`,
      cells: textCells(['20.0', '20.0 to 21.0', '-', '20.0x', '17.5x to 20.0x', '50.0x', '6']),
    },
  ]);
});

it('marks where a peer wins, in every report', async () => {
  const lost = resultOf(same(2), same(1));
  expect(sectionsOf(lost)[0]!.rows[0]!.cells[1]).toEqual({ text: '1.00, 0.500x ±0%', peerWins: true });
  expect(await reportAsHtml(lost)).toContain('<td class="loss">1.00, 0.500x ±0%</td>');
  const { text } = await reportAsMarkdown(lost, 'benchmarks');
  expect(text).toContain('**1.00, 0.500x ±0%**');
  expect(text).toContain(`| ${title} | tfjs composed, wasm | 1.00 | @bn, wasm | 2.00 | 0.500x |`);
});

it('says what was not measured, once for each reason', () => {
  const cells = { [ours.id]: { milliseconds: [1], runs: 1, median: 1, failed: 'lost the device' } };
  const leftOut = { milliseconds: [], runs: 0, leftOut: 'inference only' };
  const rows = [large, small].map((row) => ({ ...row, cells: { ...cells, [composed.id]: leftOut } }));
  const notes = notesOf({ ...result, rows });
  expect(notes).toHaveLength(2);
  expect(notes[0]).toMatch(/^@bn, wasm: failed, lost the device \(.*; .*\)$/);
  expect(notes[1]).toMatch(/^tfjs composed, wasm: inference only \(.*; .*\)$/);
});

it('writes HTML that needs no network and no script, with a plot and its numbers', async () => {
  const html = await reportAsHtml(result);
  expect(html).not.toMatch(/<script|<link|@import|src=|url\((?!#)/);
  expect(html.match(/https?:\/\/(?!www\.w3\.org)/g)).toBeNull();
  expect(html.match(/<figure>/g)).toHaveLength(1);
  expect(html.match(/<svg /g)).toHaveLength(1);
  expect(html).toContain('<td>20.0, 20.0x ±13%</td>');
});

it('draws how near the limit of memory is for tensors beyond the cache, with labels that are whole', async () => {
  const rows = result.rows.map((row) => ({ ...row, shape: [32, 64, 56, 56] }));
  const html = await reportAsHtml({ ...result, rows });
  expect(html).toContain('@bn, wasm: times the limit of memory');
  expect(html).toMatch(/>BatchNorm forward \+ backward<.*>32x64x56x56<.*>channels first</s);
});

it('draws a curve where there are many sizes', async () => {
  const rows = (
    [
      [1, 256],
      [4, 256],
      [16, 256],
    ] as const
  ).map((shape) => ({
    operation: 'layerNorm' as const,
    phase: 'forwardBackward' as const,
    shape,
    cells: result.rows[0]!.cells,
  }));
  expect(await reportAsHtml({ ...result, rows })).toContain(
    'LayerNorm forward + backward: time against size',
  );
});

describe('strings of a result from a stranger', () => {
  const markup = '<img src=x onerror=alert(1)> | **b** `c` [d](javascript:e)';
  const orders = 'a\u001b]0;title\u0007\u001b[2Jb\r\nc\u202ed\u2028e';
  const hostile = (text: string): BenchResult => ({
    ...result,
    command: `${text}\n\`\`\`\n# heading`,
    machine: { ...result.machine, cpu: text, platform: text, gpu: text, versions: { [text]: text } },
    contenders: result.contenders.map((contender) => ({ ...contender, about: text, missing: text })),
    rows: result.rows.map((row) => ({
      ...row,
      cells: Object.fromEntries(
        Object.entries(row.cells).map(([id, cell]) => [
          id,
          { ...cell, note: text, failed: text, leftOut: text },
        ]),
      ),
    })),
  });

  it('are no markup in HTML', async () => {
    expect(escaped(`<a & "b" 'c'>`)).toBe('&lt;a &amp; &quot;b&quot; &#39;c&#39;&gt;');
    const html = await reportAsHtml(hostile(markup));
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x');
  });

  it('are no markup in Markdown, and cannot leave the block of code', async () => {
    const { text, plots } = await reportAsMarkdown(hostile(markup), 'benchmarks');
    const [, fence, command] = /\n(`{3,})sh\n(.*)\n\1\n/.exec(text)!;
    expect(command).toContain('\\u{a}```\\u{a}# heading');
    expect(fence!.length).toBeGreaterThan(3);
    const outside = text.replace(command!, '');
    expect(outside).not.toMatch(/<img/);
    expect(outside).not.toMatch(/(?<!\\)[|`[](c|d| \*\*b)/);
    for (const svg of plots.values()) expect(svg).not.toContain('<img');
  });

  it('give no orders to a terminal, and begin no line of their own', async () => {
    const reports = [
      resultAsText(hostile(orders)),
      (await reportAsMarkdown(hostile(orders), 'benchmarks')).text,
      await reportAsHtml(hostile(orders)),
      comparisonAsText(compareResults(result, hostile(orders))),
    ];
    for (const text of reports) {
      expect(text).not.toMatch(/[^\P{C}\n]|\p{Zl}/u);
      expect(text).toContain('\\u{1b}]0;title\\u{7}');
    }
  });
});

it('breaks a table that is wider than the terminal between two columns', () => {
  const wide = {
    title: 'T',
    columns: ['first', 'second', 'third'],
    rows: [{ title: 'row', cells: textCells(['1', '2', '3']) }],
  };
  expect(tableAsText(wide, 18)).toBe(
    ['T    first  second', 'row      1       2', '', 'T    third', 'row      3'].join('\n'),
  );
});

describe('the verdict', () => {
  const lost = resultOf(same(2), same(1), same(0.5), same(0.25));

  it('says how many times faster than whom', () => {
    expect(verdictLines(result)[0]).toBe('@bn, wasm, training: in the median 20.0x as fast as tfjs composed');
  });

  it('names what is lost', () => {
    expect(verdictLines(lost)[1]).toBe(
      `@bn, wasm, training, loses to tfjs composed in 1 of 1 cases: ${title} 0.500x`,
    );
  });

  const textsOf = (one: BenchResult) => sectionsOf(one)[0]!.rows[0]!.cells.map(({ text }) => text);

  it('warns of a busy machine in place of an interval that says nothing', () => {
    const busy = resultOf([1, 1, 1, 2, 2, 2], same(20));
    expect(verdictLines(busy).at(-1)).toMatch(
      /^Warning, machine busy: 1 of 2 figures differ by more than 50%/,
    );
    expect(textsOf(busy)).toEqual(['1.50 busy', '20.0, 15.0x busy', '-']);
    expect(verdictLines(result).join()).not.toContain('busy');
  });

  it('calls no machine busy for one round that was disturbed', () => {
    const disturbed = resultOf([1, 1, 1, 1, 1, 9], same(20));
    expect(verdictLines(disturbed).join()).not.toContain('busy');
    expect(textsOf(disturbed)).toEqual(['1.00 ±50%+', '20.0, 20.0x ±50%+', '-']);
  });

  it('says by how much processes differ, whatever one process in ten met', () => {
    const settings = { ...result.settings, processes: 2 };
    const slow = (times: number) => resultOf([1, times, 1, times, 1, times], same(20)).rows[0]!;
    const rows = [2, 1.1, 1.1, 1.1, 1.5, 9].map(slow);
    expect(verdictLines({ ...result, settings, rows }).join('\n')).toContain(
      'The slowest process of a contender takes 5% longer than its fastest in the median figure, and no more than 100% in nine of ten',
    );
  });
});

it('has the geometric mean and the worst case beside native peers', () => {
  const torch = selectContenders({ backends: ['wasm'], threads: [1], peers: ['torch'] })[1]!;
  const rows = [large, { ...large, shape: [1, 2, 3, 4] }].map((row, index) => ({
    ...row,
    cells: { [ours.id]: cellOf(same(2)), [torch.id]: cellOf(same(index === 0 ? 1 : 8)) },
  }));
  const table = besidePeers({ ...result, contenders: [{ ...ours }, { ...torch }], rows });
  expect(table.columns).toEqual(['PyTorch beside @bn']);
  expect(table.rows).toEqual([
    {
      title: 'BatchNorm forward + backward channels first',
      cells: [{ text: '1.41x, worst 0.500x (256x6x24x24)', peerWins: false }],
    },
  ]);
});

it('links each plot of the Markdown page to a file', async () => {
  const { text, plots } = await reportAsMarkdown(result, 'benchmarks');
  const links = [...text.matchAll(/!\[.*?\]\(benchmarks\/(.*?)\)/g)].map(([, file]) => file);
  expect(links).toEqual([...plots.keys()]);
  expect(links).toHaveLength(1);
  expect(text).toContain(result.command);
  expect(text).toMatch(/^# Benchmarks of wasm\n/);
  expect(text).toContain('## Where a peer wins\n\nNowhere in this run.');
});

it('lines columns up in the terminal', () => {
  const table = tableAsText({
    title: 'T',
    columns: ['a', 'long'],
    rows: [{ title: 'row', cells: [{ text: '12' }, { text: '3' }] }],
  });
  expect(table).toBe('T     a  long\nrow  12     3');
  expect(resultAsText(result)).toContain('a processor, 2 cores, 7.5 GB of memory');
});

it('says that rendering in software is not a GPU', () => {
  const software = { ...result, machine: { ...result.machine, gpu: 'ANGLE (SwiftShader)' } };
  expect(resultAsText(software)).toContain('ANGLE (SwiftShader). This is rendering in software: not a GPU');
  const gpu = { ...result, machine: { ...result.machine, gpu: 'ANGLE (Apple M2)' } };
  expect(resultAsText(gpu)).not.toContain('software');
});

it.each([
  [0.001234, '0.00123'],
  [0.1, '0.100'],
  [12.345, '12.3'],
  [999.9, '1,000'],
  [123456, '123,456'],
])('writes %d as %s', (value, text) => expect(significant(value)).toBe(text));

it('writes sizes and durations', () => {
  expect([bytes(0), bytes(1536), bytes(2 ** 28), bytes(-2048)]).toEqual(['0 B', '1.5 KB', '256 MB', '-2 KB']);
  expect([duration(59.4), duration(125)]).toEqual(['59 s', '2 min 5 s']);
});

describe('of a graphics processor', () => {
  const [webgl, webgpu, theirs] = selectContenders({
    backends: ['webgl', 'webgpu'],
    threads: [1],
    peers: ['jax'],
  }) as [Contender, Contender, Contender];
  const onGpu: BenchResult = {
    ...resultOf([1], [1]),
    contenders: [webgl, webgpu, theirs],
    rows: [
      { ...large, cells: { [webgl.id]: cellOf([6]), [webgpu.id]: cellOf([2]), [theirs.id]: cellOf([8]) } },
    ],
  };

  it('ours on the other backend stands beside the peers', () => {
    const { columns, rows } = overview(onGpu, 'webgpu');
    expect(columns).toEqual(['@bn', 'jax-js', '@bn, webgl', 'memory limit']);
    expect(rows[0]!.cells.map(({ text }) => text)).toEqual(['2.00', '8.00, 4.00x', '6.00, 3.00x', '-']);
  });

  it('has one table if all peers are on one backend', () => {
    expect(sectionsOf(onGpu).map(({ title }) => title)).toEqual(['Backend webgpu']);
  });

  it('the page says how a reader measures the same on a device of their own', async () => {
    const { text } = await reportAsMarkdown(onGpu, 'folder');
    expect(text).toContain('npm run bench:web -- --backends webgl,webgpu --shapes quick');
    expect(text).toContain('`npm run bench -- --backends webgpu`');
    expect((await reportAsMarkdown(resultOf([1], [1]), 'folder')).text).not.toContain('On your GPU');
  });

  it('a part of a result has some contenders, and what they did', () => {
    const part = ofContenders(onGpu, ({ backend }) => backend === 'webgl');
    expect(part.contenders).toEqual([webgl]);
    expect(part.rows.map(({ cells }) => Object.keys(cells))).toEqual([[webgl.id]]);
  });
});
