/** What all plots have in common. Vega draws them as SVG, in Node and on the page. */
import { parse, type Spec, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import type { Implementation } from '../grid/contenders.js';

/** Wide enough for a phone, and for two beside each other elsewhere. */
export const plotWidth = 360;

/** Okabe and Ito's palette, which colour-blind people can tell apart; ours is blue. */
export const colors: Readonly<Record<Implementation, string>> = {
  bn: '#0072b2',
  composed: '#d55e00',
  moments: '#e69f00',
  layers: '#cc79a7',
  'layers-wasm-train': '#56b4e9',
  onnxruntime: '#009e73',
  jax: '#f0e442',
  torch: '#8c8c8c',
};

/** More threads are the same colour, paler. */
export const opacity = ({ threads }: { readonly threads: number }): number => (threads > 1 ? 0.55 : 1);

export interface Theme {
  /** `currentColor` takes the colour of the text around an inline SVG, in the dark as well. */
  readonly foreground: string;
  readonly background: string | null;
}

export const inlineTheme: Theme = { foreground: 'currentColor', background: null };
/** For files, which know nothing of the page around them. */
export const fileTheme: Theme = { foreground: '#222222', background: '#ffffff' };

/** A plot without its frame. */
export type Plot = Pick<Spec, 'height' | 'data' | 'signals' | 'scales' | 'axes' | 'marks' | 'legends'>;

/** Characters of a title that fit into the width of a plot. */
const titleCharacters = 48;

/** A title broken between words. */
function inLines(title: string): string[] {
  const lines = [''];
  for (const word of title.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length <= titleCharacters) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** The text of an SVG. Inside a page the title is left to the page, which can break it into lines. */
export async function draw(plot: Plot, title: string, { foreground, background }: Theme): Promise<string> {
  const text = { fill: foreground };
  const specification: Spec = {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    width: plotWidth,
    autosize: { type: 'fit-x', contains: 'padding' },
    padding: 4,
    ...(background === null
      ? {}
      : { background, title: { text: inLines(title), anchor: 'start', frame: 'bounds', fontSize: 12 } }),
    config: {
      title: { color: foreground },
      axis: {
        labelColor: foreground,
        titleColor: foreground,
        tickColor: foreground,
        domainColor: foreground,
        gridColor: '#8888',
        labelFontSize: 11,
        // Labels are whole: the plot is as much narrower.
        labelLimit: 0,
      },
      legend: { labelColor: foreground, titleColor: foreground, labelFontSize: 11 },
      text,
    },
    ...plot,
  };
  // Compiled expressions would need a content security policy that lets the page make scripts out of text.
  const runtime = parse(specification, undefined, { ast: true });
  const view = new View(runtime, { expr: expressionInterpreter, renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
