/** Draws panels of lines side by side, by Vega. */
import type { Spec } from 'vega';
import { drawPanel, type Panel } from './panel.js';

/** The text of an SVG file. */
export async function drawSvg(title: string, panels: readonly Panel[], columns = 2): Promise<string> {
  const specification: Spec = {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    background: 'white',
    padding: 12,
    title: { text: title, anchor: 'start', fontSize: 14, offset: 16 },
    layout: { columns, padding: { row: 110, column: 80 }, bounds: 'flush', align: 'all' },
    marks: panels.map(drawPanel),
  };
  // Loaded when it is needed: it takes a while, and most commands do without.
  const { parse, View } = await import('vega');
  const view = new View(parse(specification), { renderer: 'none' });
  try {
    return (await view.toSVG()) + '\n';
  } finally {
    view.finalize();
  }
}
