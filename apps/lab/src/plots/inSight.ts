/**
 * When plots are drawn: at once if they are in the window. The others take turns, a few in a second, and are all up to date before the
 * page is printed: a run in training has new values for some thirty plots several times a second, and most of them are out of sight.
 */

/** How far out of the window a plot still counts as in sight: a person who scrolls finds it up to date. */
const margin = '100px 0px';
/** From the drawing of one plot out of sight to that of the next. */
const millisecondsPerTurn = 250;

const inSight = new WeakSet<Element>();
/** Drawings that wait for their turn, the longest waiting first. */
const waiting = new Map<Element, () => void>();
let isTurnComing = false;

const observer = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) {
        inSight.add(target);
        drawWaiting(target);
      } else {
        inSight.delete(target);
      }
    }
  },
  { rootMargin: margin },
);

addEventListener('beforeprint', drawAllWaiting);

/** Follows whether the place of a plot is in sight, until the function that it gives is called. */
export function watch(place: Element): () => void {
  observer.observe(place);
  return () => {
    observer.unobserve(place);
    waiting.delete(place);
  };
}

/** Draws in a watched place, now or later; a drawing that waits for the same place is dropped. */
export function drawInSight(place: Element, draw: () => void): void {
  if (inSight.has(place)) {
    waiting.delete(place);
    draw();
    return;
  }
  // A place that waits already keeps its turn.
  waiting.set(place, draw);
  if (!isTurnComing) scheduleTurn();
}

/** Brings all plots up to date, for whoever copies them. */
export function drawAllWaiting(): void {
  for (const place of [...waiting.keys()]) drawWaiting(place);
}

function scheduleTurn(): void {
  isTurnComing = true;
  setTimeout(takeTurn, millisecondsPerTurn);
}

function takeTurn(): void {
  const [next] = waiting.keys();
  if (next) drawWaiting(next);
  isTurnComing = false;
  if (waiting.size > 0) scheduleTurn();
}

function drawWaiting(place: Element): void {
  const draw = waiting.get(place);
  waiting.delete(place);
  draw?.();
}
