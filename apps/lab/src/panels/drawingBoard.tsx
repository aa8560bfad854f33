/** The canvas to draw on, with a pointer or with keys. */

import { imageSize } from '@bn/lenet';
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../messages/language.js';
import { drawing } from '../state/classification.js';
import { blank, type Place, stroke } from '../state/drawing.js';
import { grey } from './imageColors.js';
import { paint } from './squareImage.js';

const moves: Record<string, Place> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

export function DrawingBoard() {
  const canvas = useRef<HTMLCanvasElement>(null);
  /** Where the pen was last, while a pointer draws. */
  const last = useRef<Place | undefined>(undefined);
  const pen = useSignal<Place>({ x: imageSize / 2, y: imageSize / 2 });
  const spaceHeld = useRef(false);
  const byKeyboard = useSignal(false);
  useLayoutEffect(() => paint(canvas.current!, drawing.value, grey), [drawing.value]);

  const drawTo = (from: Place, to: Place) => {
    drawing.value = stroke(drawing.value, from, to);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const move = moves[event.key];
    if (move) {
      const to = { x: within(pen.value.x + move.x), y: within(pen.value.y + move.y) };
      if (spaceHeld.current) drawTo(pen.value, to);
      pen.value = to;
    } else if (event.key === ' ') {
      spaceHeld.current = true;
      drawTo(pen.value, pen.value);
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      drawing.value = blank();
    } else {
      return;
    }
    byKeyboard.value = true;
    event.preventDefault();
  };

  return (
    <div class="board">
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: a drawing board is worked on, and has no role of its own */}
      <canvas
        ref={canvas}
        class="square-image"
        width={imageSize}
        height={imageSize}
        role="application"
        tabIndex={0}
        aria-label={`${t.value.draw.canvas}. ${t.value.draw.hint}`}
        onKeyDown={onKeyDown}
        onKeyUp={({ key }) => {
          if (key === ' ') spaceHeld.current = false;
        }}
        onBlur={() => {
          spaceHeld.current = false;
          byKeyboard.value = false;
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          byKeyboard.value = false;
          last.current = placeOf(event);
          drawTo(last.current, last.current);
        }}
        onPointerMove={(event) => {
          if (last.current === undefined) return;
          const to = placeOf(event);
          drawTo(last.current, to);
          last.current = to;
        }}
        onPointerUp={() => {
          last.current = undefined;
        }}
        onPointerCancel={() => {
          last.current = undefined;
        }}
      />
      {byKeyboard.value && (
        <span
          class="pen"
          style={{ left: `${(pen.value.x / imageSize) * 100}%`, top: `${(pen.value.y / imageSize) * 100}%` }}
        />
      )}
    </div>
  );
}

const within = (coordinate: number): number => Math.min(imageSize - 0.5, Math.max(0.5, coordinate));

/** In pixels of the drawing. */
function placeOf({ currentTarget, clientX, clientY }: PointerEvent): Place {
  const { left, top, width, height } = (currentTarget as HTMLElement).getBoundingClientRect();
  return { x: ((clientX - left) / width) * imageSize, y: ((clientY - top) / height) * imageSize };
}
