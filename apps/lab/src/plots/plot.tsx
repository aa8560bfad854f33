/**
 * A uPlot in the page: as wide as its place, named for screen readers, gone when its component goes. With a pointer or with keys
 * one reads its values.
 */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { t } from '../messages/language.js';
import { type OnZoom, plotKeys } from './plotKeys.js';
import { type Read, Readout, readingText, type ShownReading } from './readout.js';

interface PlotProps {
  /** All but the size; the plot is made anew when it is another object. */
  readonly options: Omit<uPlot.Options, 'width' | 'height'>;
  readonly data: uPlot.AlignedData;
  readonly height: number;
  /** What the plot shows, in words. */
  readonly label: string;
  readonly read: Read;
  /** Left out, the plot is not zoomed. */
  readonly onZoom?: OnZoom;
}

export function Plot({ options, data, height, label, read, onZoom }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const shown = useSignal<ShownReading | undefined>(undefined);
  const announced = useSignal('');
  const latest = useRef({ data, read, onZoom });
  latest.current = { data, read, onZoom };
  useEffect(() => {
    const element = place.current!;
    const show = (made: uPlot) => {
      const { left = -1 } = made.cursor;
      const reading = left < 0 ? undefined : latest.current.read(made);
      shown.value = reading && { reading, isLeft: left < made.over.clientWidth / 2 };
    };
    const select = (made: uPlot) => {
      const { left, width } = made.select;
      if (width === 0) return;
      made.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      latest.current.onZoom?.([made.posToVal(left, 'x'), made.posToVal(left + width, 'x')]);
    };
    const made = new uPlot(
      {
        ...options,
        width: element.clientWidth,
        height,
        legend: { show: false },
        cursor: {
          ...options.cursor,
          y: false,
          drag: { x: latest.current.onZoom !== undefined, y: false, setScale: false },
          bind: {
            dblclick: () => () => {
              latest.current.onZoom?.(undefined);
              return null;
            },
          },
        },
        hooks: { ...options.hooks, setCursor: [show], setSelect: [select] },
      },
      latest.current.data,
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    return () => {
      plot.current = undefined;
      observer.disconnect();
      made.destroy();
    };
  }, [options, height, shown]);
  useEffect(() => {
    plot.current?.setData(data);
  }, [data]);
  const onKeyDown = (event: KeyboardEvent) => {
    const { current } = plot;
    if (current === undefined || !plotKeys(current, event.key, event.shiftKey, latest.current.onZoom)) return;
    event.preventDefault();
    announced.value = shown.value ? readingText(shown.value.reading) : '';
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is of a form
    <div
      class="plot-frame"
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: its values are read by keyboard
      tabIndex={0}
      aria-label={t.value.plotKeys}
      onKeyDown={onKeyDown}
      onBlur={leave}
    >
      <div class="plot" ref={place} role="img" aria-label={label} style={{ minHeight: `${height}px` }} />
      <Readout shown={shown.value} />
      <p class="visually-hidden" role="status">
        {announced.value}
      </p>
    </div>
  );

  function leave(): void {
    plot.current?.setCursor({ left: -10, top: -10 });
    announced.value = '';
  }
}
