/** The plots of a panel as one picture, with a title over each, and below them which colour is which run's. */
import { download } from '../state/download.js';
import { cssColor, runColor, runDash } from './colors.js';
import { drawAllWaiting } from './inSight.js';

/** In CSS pixels. */
const margin = 16;
const lineHeight = 20;
const swatchWidth = 46;
const font = '13px system-ui, sans-serif';

interface NamedRun {
  readonly name: string;
  readonly color: number;
}

/** @param panel holds a figure with a caption and a canvas for each plot */
export async function savePicture(panel: Element, runs: readonly NamedRun[]): Promise<void> {
  drawAllWaiting();
  // uPlot draws after the code that hands it data.
  await Promise.resolve();
  const canvas = drawPicture(panel, runs);
  const picture = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  download(picture!, 'lenet-curves.png');
}

function drawPicture(panel: Element, runs: readonly NamedRun[]): HTMLCanvasElement {
  const plots = [...panel.querySelectorAll('figure')].flatMap((figure) => {
    const source = figure.querySelector('canvas');
    return source ? [{ title: figure.querySelector('figcaption')!.textContent, source }] : [];
  });
  const ratio = devicePixelRatio;
  const sizes = plots.map(({ source }) => ({ width: source.width / ratio, height: source.height / ratio }));
  const width = Math.max(...sizes.map((size) => size.width)) + 2 * margin;
  const heights = sizes.map(({ height }) => lineHeight + height + margin);
  const height = heights.reduce((sum, one) => sum + one, margin) + runs.length * lineHeight + margin;
  const canvas = Object.assign(document.createElement('canvas'), {
    width: width * ratio,
    height: height * ratio,
  });
  const context = canvas.getContext('2d')!;
  context.scale(ratio, ratio);
  context.fillStyle = cssColor('--panel');
  context.fillRect(0, 0, width, height);
  context.font = font;
  context.textBaseline = 'middle';
  context.lineWidth = 3;
  let top = margin;
  for (const [number, { title, source }] of plots.entries()) {
    context.fillStyle = cssColor('--text');
    context.fillText(title, margin, top + lineHeight / 2);
    context.drawImage(source, margin, top + lineHeight, sizes[number]!.width, sizes[number]!.height);
    top += heights[number]!;
  }
  for (const { name, color } of runs) {
    context.strokeStyle = runColor(color);
    context.setLineDash([...runDash(color)]);
    context.beginPath();
    context.moveTo(margin, top + lineHeight / 2);
    context.lineTo(margin + swatchWidth, top + lineHeight / 2);
    context.stroke();
    context.fillStyle = cssColor('--text');
    context.fillText(name, margin + swatchWidth + 8, top + lineHeight / 2);
    top += lineHeight;
  }
  return canvas;
}
