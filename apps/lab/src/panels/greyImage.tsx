/** A 28x28 image, as large as its style says. */

import { imageSize } from '@bn/lenet';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface GreyImageProps {
  /** 784 bytes. */
  readonly pixels: Uint8Array;
  /** Left out where the text beside it says the same. */
  readonly label?: string;
}

export function GreyImage({ pixels, label }: GreyImageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => paint(canvas.current!, pixels), [pixels]);
  const name =
    label === undefined ? { 'aria-hidden': true as const } : { role: 'img' as const, 'aria-label': label };
  return <canvas ref={canvas} class="grey-image" width={imageSize} height={imageSize} {...name} />;
}

export function paint(canvas: HTMLCanvasElement, pixels: Uint8Array): void {
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(imageSize, imageSize);
  for (const [pixel, value] of pixels.entries()) image.data.set([value, value, value, 255], pixel * 4);
  context.putImageData(image, 0, 0);
}
