/** The reports show the same figures, those of the result. */
import { expect, it } from 'vitest';
import { detailsOf } from '../src/report/details.js';
import { bytes, duration, significant } from '../src/report/format.js';
import { escaped, reportAsHtml } from '../src/report/html.js';
import { reportAsMarkdown } from '../src/report/markdown.js';
import { notesOf, sectionsOf } from '../src/report/sections.js';
import { resultAsText, tableAsText } from '../src/report/text.js';
import { entriesOf } from '../src/results/summary.js';
import { composed, large, ours, resultOf, small } from './support.js';

const result = resultOf([1, 1, 1.2, 1, 1, 1], [20, 20, 21, 20, 20, 20], [0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
const title = 'BatchNorm forward + backward 256x6x24x24 channels first';

it('has our time, the peer’s, the ratio and the share of bandwidth in the overview', () => {
  const [overview] = sectionsOf(result);
  expect(overview!.columns).toEqual(['@bn', 'tfjs composed', 'bandwidth']);
  expect(overview!.rows).toEqual([
    {
      title,
      cells: [{ text: '1.00 ±20 %' }, { text: '20.0, 20.0x ±13 %', peerWins: false }, { text: '200 %' }],
    },
  ]);
});

it('has all numbers in the details', () => {
  const [, theirs] = entriesOf(result, result.rows[0]!);
  expect(detailsOf('', [theirs!]).rows).toEqual([
    {
      title: `${title}, tfjs composed, wasm`,
      cells: ['20.0', '20.0 to 21.0', '0 %', '20.0x', '17.5x to 20.0x', '10 %', '6'].map((text) => ({
        text,
      })),
    },
  ]);
});

it('marks where a peer wins, in every report', async () => {
  const lost = resultOf([2, 2, 2, 2, 2, 2], [1, 1, 1, 1, 1, 1]);
  expect(sectionsOf(lost)[0]!.rows[0]!.cells[1]).toEqual({ text: '1.00, 0.500x ±0 %', peerWins: true });
  expect(await reportAsHtml(lost)).toContain('<td class="loss">1.00, 0.500x ±0 %</td>');
  const { text } = await reportAsMarkdown(lost, 'benchmarks');
  expect(text).toContain('**1.00, 0.500x ±0 %**');
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
  expect(html.match(/<figure>/g)).toHaveLength(2);
  expect(html.match(/<svg /g)).toHaveLength(2);
  expect(html).toContain('<td>20.0, 20.0x ±13 %</td>');
});

it('draws a curve where there are many sizes', async () => {
  const rows = (
    [
      [1, 256],
      [4, 256],
      [16, 256],
    ] as const
  ).map((shape) => ({
    ...result.rows[0]!,
    operation: 'layerNorm' as const,
    shape,
  }));
  expect(await reportAsHtml({ ...result, rows })).toContain(
    'LayerNorm forward + backward: time against size',
  );
});

it('keeps text from being taken for markup', async () => {
  expect(escaped('<a & "b">')).toBe('&lt;a &amp; &quot;b&quot;&gt;');
  expect(await reportAsHtml({ ...result, command: '<script>' })).not.toContain('<script>');
});

it('links each plot of the Markdown page to a file', async () => {
  const { text, plots } = await reportAsMarkdown(result, 'benchmarks');
  const links = [...text.matchAll(/!\[.*?\]\(benchmarks\/(.*?)\)/g)].map(([, file]) => file);
  expect(links).toEqual([...plots.keys()]);
  expect(links).toHaveLength(2);
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
  [999.9, '1000'],
  [123456, '123456'],
])('writes %d as %s', (value, text) => expect(significant(value)).toBe(text));

it('writes sizes and durations', () => {
  expect([bytes(0), bytes(1536), bytes(2 ** 28), bytes(-2048)]).toEqual(['0 B', '1.5 KB', '256 MB', '-2 KB']);
  expect([duration(59.4), duration(125)]).toEqual(['59 s', '2 min 5 s']);
});
