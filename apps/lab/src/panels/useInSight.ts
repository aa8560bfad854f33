/** Tells whether a part of the page is in sight, or almost. */
import type { Signal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Beyond the window's edge, so that what comes into sight is there. */
const margin = '200px';

/** A reference for an element that stays, and a signal that follows whether it is in sight. */
export function useInSight(isInSight: Signal<boolean>): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        isInSight.value = entries.at(-1)!.isIntersecting;
      },
      { rootMargin: margin },
    );
    observer.observe(place.current!);
    return () => {
      observer.disconnect();
      isInSight.value = false;
    };
  }, [isInSight]);
  return place;
}
