/** Draws a plot by vega-lite. */
import type { Plot } from '../experiments/experiment.js';

const fontSize = 13;

/** The text of an SVG file on white. */
export async function drawSvg(plot: Plot): Promise<string> {
  // Loaded when they are needed: they take a while, and help and errors do without.
  const [{ compile }, { parse, View }] = await Promise.all([import('vega-lite'), import('vega')]);
  const specification = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    padding: 8,
    config: {
      font: 'sans-serif',
      axis: {
        labelFontSize: fontSize - 1,
        titleFontSize: fontSize,
        titleFontWeight: 'normal',
        gridColor: '#ddd',
      },
      legend: { labelFontSize: fontSize, titleFontSize: fontSize, symbolStrokeWidth: 3, symbolOpacity: 1 },
      header: { labelFontSize: fontSize, titleFontSize: fontSize },
    },
    ...plot,
  };
  const { spec } = compile(specification as unknown as Parameters<typeof compile>[0]);
  const view = new View(parse(spec), { renderer: 'none' });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
