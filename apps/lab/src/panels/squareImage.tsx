/** A square of values as an image, as large as its style says. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Color } from './imageColors.js';

interface SquareImageProps {
  /** The rows of the square, one after the other. */
  readonly values: ArrayLike<number>;
  readonly color: Color;
  /** Left out where the text beside it says the same. */
  readonly label?: string;
}

export function SquareImage({ values, color, label }: SquareImageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = Math.sqrt(values.length);
  useLayoutEffect(() => paint(canvas.current!, values, color), [values, color]);
  const name =
    label === undefined ? { 'aria-hidden': true as const } : { role: 'img' as const, 'aria-label': label };
  return <canvas ref={canvas} class="square-image" width={size} height={size} {...name} />;
}

/** Paints a value for each pixel of the canvas. */
export function paint(canvas: HTMLCanvasElement, values: ArrayLike<number>, color: Color): void {
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(canvas.width, canvas.height);
  for (let pixel = 0; pixel < values.length; pixel++)
    image.data.set([...color(values[pixel]!), 255], pixel * 4);
  context.putImageData(image, 0, 0);
}
