/** How often the page shows what a run in training reports. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** Milliseconds that a frame takes. */
let frame = 10;
const seen = { hidden: false };
let shown: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetModules();
  vi.stubGlobal('document', seen);
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw, frame));
  frame = 10;
  seen.hidden = false;
  shown = [];
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A pace that has shown nothing for long. */
async function idlePace() {
  const { showNow, showSoon } = await import('../src/state/pace.js');
  await vi.advanceTimersByTimeAsync(1000);
  const show = (text: string, fault?: Error) => {
    if (fault) throw fault;
    shown.push(text);
  };
  return {
    showNow,
    showSoon: (text: string, fault?: Error) => showSoon(() => show(text, fault)),
  };
}

test.each([
  [10, 270],
  [100, 2000],
  [5000, 3000],
])('with frames of %i ms what is reported is shown every %i ms', async (milliseconds, period) => {
  const { showSoon } = await idlePace();
  frame = milliseconds;
  showSoon('first');
  await vi.advanceTimersByTimeAsync(5);
  expect(shown).toEqual(['first']);
  showSoon('second');
  showSoon('third');
  await vi.advanceTimersByTimeAsync(period - 10);
  expect(shown).toEqual(['first']);
  await vi.advanceTimersByTimeAsync(10);
  expect(shown).toEqual(['first', 'second', 'third']);
});

test('what waits is shown at once where more follows from it, and in a page that has no frames', async () => {
  const { showNow, showSoon } = await idlePace();
  showSoon('first');
  await vi.advanceTimersByTimeAsync(5);
  showSoon('second');
  showNow();
  expect(shown).toEqual(['first', 'second']);
  showSoon('third');
  seen.hidden = true;
  showSoon('fourth');
  expect(shown).toEqual(['first', 'second', 'third', 'fourth']);
});

test('a change that fails is reported, and neither those behind it are lost nor whoever asked for them is told', async () => {
  const { showNow, showSoon } = await idlePace();
  const reported: unknown[] = [];
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error));
  const fault = new Error('no such run');
  showSoon('first', fault);
  showSoon('second');
  await vi.advanceTimersByTimeAsync(5);
  expect(shown).toEqual(['second']);
  showSoon('third', fault);
  showSoon('fourth');
  showNow();
  expect(shown).toEqual(['second', 'fourth']);
  expect(reported).toEqual([fault, fault]);
});

test('frames that do not come, as in a page that is hidden meanwhile, hold nothing up for long', async () => {
  const { showSoon } = await idlePace();
  vi.stubGlobal('requestAnimationFrame', () => {});
  showSoon('first');
  await vi.advanceTimersByTimeAsync(5);
  showSoon('second');
  await vi.advanceTimersByTimeAsync(3000);
  expect(shown).toEqual(['first', 'second']);
});
