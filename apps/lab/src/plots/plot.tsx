/**
 * A uPlot in the page: as wide as its place, named for screen readers, drawn while it is in sight, gone when its component goes. With
 * a pointer or with keys one reads its values.
 */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { t } from '../messages/language.js';
import { drawInSight, watch } from './inSight.js';
import { type OnZoom, plotKeys } from './plotKeys.js';
import { type Read, type Reading, Readout, readingText } from './readout.js';

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
  const drawn = useRef<{ readonly options: PlotProps['options']; readonly plot: uPlot } | undefined>(
    undefined,
  );
  const reading = useSignal<Reading | undefined>(undefined);
  const announced = useSignal('');
  const latest = useRef({ data, read, onZoom });
  latest.current = { data, read, onZoom };
  useLayoutEffect(() => {
    const element = place.current!;
    const unwatch = watch(element);
    const observer = new ResizeObserver(() => fit(element));
    observer.observe(element);
    return () => {
      unwatch();
      observer.disconnect();
      drawn.current?.plot.destroy();
      drawn.current = undefined;
    };
  }, []);
  // In the same frame as the rest of the page.
  useLayoutEffect(() => drawInSight(place.current!, () => draw(place.current!, options)), [options, data]);
  const onKeyDown = (event: KeyboardEvent) => {
    const plot = drawn.current?.plot;
    if (plot === undefined || !plotKeys(plot, event.key, event.shiftKey, latest.current.onZoom)) return;
    event.preventDefault();
    announced.value = reading.value ? readingText(reading.value) : '';
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
      <Readout reading={reading.value} />
      <p class="visually-hidden" role="status">
        {announced.value}
      </p>
    </div>
  );

  function draw(element: HTMLElement, wanted: PlotProps['options']): void {
    if (drawn.current?.options === wanted) {
      drawn.current.plot.setData(latest.current.data);
      return;
    }
    const before = drawn.current?.plot;
    before?.destroy();
    drawn.current = { options: wanted, plot: make(element, wanted, before?.cursor) };
  }

  /** @param before the cursor of the plot in whose place this one comes: a pointer that rests on it says nothing anew */
  function make(
    element: HTMLElement,
    { cursor, hooks, ...others }: PlotProps['options'],
    { left = -10, top = -10 }: uPlot.Cursor = {},
  ): uPlot {
    return new uPlot(
      {
        ...others,
        width: element.clientWidth,
        height,
        legend: { show: false },
        cursor: {
          ...cursor,
          left,
          top,
          y: false,
          drag: { x: onZoom !== undefined, y: false, setScale: false },
          bind: {
            dblclick: () => () => {
              latest.current.onZoom?.(undefined);
              return null;
            },
          },
        },
        hooks: { ...hooks, setCursor: [show], setSelect: [select] },
      },
      latest.current.data,
      element,
    );
  }

  function fit({ clientWidth: width }: HTMLElement): void {
    const plot = drawn.current?.plot;
    if (plot && width > 0 && width !== plot.width) plot.setSize({ width, height });
  }

  function show(plot: uPlot): void {
    const { left = -1 } = plot.cursor;
    reading.value = left < 0 ? undefined : latest.current.read(plot);
  }

  function select(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width === 0) return;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    latest.current.onZoom?.([plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')]);
  }

  function leave(): void {
    drawn.current?.plot.setCursor({ left: -10, top: -10 });
    announced.value = '';
  }
}
