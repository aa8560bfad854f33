/** A uPlot in the page: as wide as its place, named for screen readers, gone when its component goes. */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

interface PlotProps {
  /** All but the size; the plot is made anew when it is another object. */
  readonly options: Omit<uPlot.Options, 'width' | 'height'>;
  readonly data: uPlot.AlignedData;
  readonly height: number;
  /** What the plot shows, in words. */
  readonly label: string;
}

export function Plot({ options, data, height, label }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(data);
  latest.current = data;
  useEffect(() => {
    const element = place.current!;
    const made = new uPlot({ ...options, width: element.clientWidth, height }, latest.current, element);
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
  }, [options, height]);
  useEffect(() => {
    plot.current?.setData(data);
  }, [data]);
  return <div class="plot" ref={place} role="img" aria-label={label} style={{ minHeight: `${height}px` }} />;
}
