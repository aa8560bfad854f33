/** A run goes on after an interruption, if it is the same one. */
import { describe, expect, it } from 'vitest';
import { differenceFrom } from '../src/measuring/resume.js';
import { run } from '../src/measuring/run.js';
import { type Script, scripted } from './scripted.js';
import { ours, plan, ScriptedPeer, small, took } from './support.js';

describe('a run that was interrupted', () => {
  const interruptedAfter = async (measurements: number) => {
    const controller = new AbortController();
    let measured = 0;
    const script: Script = () => {
      if (++measured > measurements) controller.abort();
      return took(measured);
    };
    return (await scripted(script, {}, controller.signal)).result;
  };

  it.each([1, 4, 6, 11])('goes on after %d measurements, and makes none again', async (measurements) => {
    const earlier = await interruptedAfter(measurements);
    expect(differenceFrom(plan(), earlier)).toBeUndefined();
    let measured = 0;
    const start = async () =>
      new ScriptedPeer(() => {
        measured++;
        return took(100);
      });
    const signal = new AbortController().signal;
    const result = await run(plan(), start, { onProgress() {} }, signal, structuredClone(earlier));
    expect(measured).toBe(12 - measurements);
    expect(result.state).toBe('complete');
    const all = result.rows.flatMap((row) => Object.values(row.cells).flatMap((cell) => cell.milliseconds));
    expect(all.sort((a, b) => a! - b!)).toEqual(
      Array.from({ length: 12 }, (_, index) => (index < measurements ? index + 1 : 100)),
    );
    expect(result.seconds).toBeGreaterThanOrEqual(earlier.seconds);
  });

  it('gives a peer that was missing another chance', async () => {
    const earlier = await interruptedAfter(2);
    const withMissing = structuredClone(earlier);
    withMissing.contenders[1]!.missing = 'not installed';
    const start = async () => new ScriptedPeer(() => took(1));
    const signal = new AbortController().signal;
    const result = await run(plan(), start, { onProgress() {} }, signal, withMissing);
    expect(result.contenders[1]!.missing).toBeUndefined();
  });

  it.each([
    ['settings', { settings: { rounds: 4, processes: 1, budget: 0, longestRun: 5 } }],
    ['the programs', { build: 'another' }],
    ['cases', { cases: [small] }],
    ['contenders', { contenders: [ours] }],
  ])('is no beginning of one with other %s', async (what, changes) => {
    expect(differenceFrom(plan(changes), await interruptedAfter(3))).toBe(`other ${what}`);
  });

  it('is not one that is complete', async () => {
    expect(differenceFrom(plan(), (await scripted(() => took(1))).result)).toBe('it is complete');
  });
});
