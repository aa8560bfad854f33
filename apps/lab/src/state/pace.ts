/**
 * Shows what is reported of a run in training as often as drawing allows: where a browser draws slowly, the frame that answers a click
 * would wait behind those that nobody asked for.
 */
import { batch } from '@preact/signals';
import { TimeBudget } from '../timeBudget.js';

/** Share of the time that drawing reports may take, and least milliseconds between two. */
const drawingBudget = new TimeBudget(0.1, 250);
/** What takes longer is counted as this, so that a slow browser still shows something every three seconds. */
const longestDrawing = 300;

let waiting: (() => void)[] = [];
let isUnderWay = false;

/** Makes a change of what is shown, after those that wait, soon. */
export function showSoon(change: () => void): void {
  waiting.push(change);
  if (document.hidden) showNow();
  else if (!isUnderWay) void showAll();
}

/** Makes the changes that wait. One that fails is reported as nobody's, and holds up none behind it. */
export function showNow(): void {
  const changes = waiting;
  waiting = [];
  batch(() => {
    for (const change of changes) {
      try {
        change();
      } catch (error) {
        reportError(error);
      }
    }
  });
}

async function showAll(): Promise<void> {
  isUnderWay = true;
  try {
    while (waiting.length > 0) {
      await pause(drawingBudget.wait);
      await drawingBudget.spend(async () => {
        showNow();
        await drawn();
      });
    }
  } finally {
    isUnderWay = false;
  }
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Resolves when what was changed is drawn, as far as a page can tell: a browser that is behind with drawing puts off the next frame. */
async function drawn(): Promise<void> {
  const frames = async () => {
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  };
  await Promise.race([frames(), pause(longestDrawing)]);
}
