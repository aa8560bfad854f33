/** Peers that are missing, fail, end or do not do a case: the run goes on without them. */
import { describe, expect, it } from 'vitest';
import { MissingPeerError } from '../src/errors.js';
import type { Contender } from '../src/grid/contenders.js';
import { run } from '../src/measuring/run.js';
import { cells, scripted } from './scripted.js';
import { composed, copyOf, large, ours, plan, ScriptedPeer, small, took } from './support.js';

describe('a peer', () => {
  it('that is missing is left out with the reason, and the others go on', async () => {
    const start = async (contender: Contender) => {
      if (contender === composed) throw new MissingPeerError('not installed');
      return new ScriptedPeer(() => took(1));
    };
    const result = await run(plan(), start, { onProgress() {} }, new AbortController().signal);
    expect(result.contenders[1]!.missing).toBe('not installed');
    expect(cells(result, composed.id)).toEqual([undefined, undefined]);
    expect(cells(result, ours.id).every((cell) => cell!.median === 1)).toBe(true);
  });

  it('that fails in mid-run keeps what it had measured, and goes on with other cases', async () => {
    let runs = 0;
    const { result, starts } = await scripted(({ implementation }, task) => {
      const fails = implementation === 'bn' && task.shape === small.shape && ++runs === 2;
      return fails ? { kind: 'failed', reason: 'lost the device' } : took(1);
    });
    const [failed, other] = cells(result, ours.id);
    expect(failed).toMatchObject({ milliseconds: [1], failed: 'lost the device' });
    expect(other!.milliseconds).toEqual([1, 1, 1]);
    expect(cells(result, composed.id).map((cell) => cell!.milliseconds)).toEqual([
      [1, 1, 1],
      [1, 1, 1],
    ]);
    // What a failed task leaves behind must not be measured with the next.
    expect(starts).toEqual([ours.id, composed.id, ours.id]);
  });

  it('that ends is started again for the next case', async () => {
    const { result, starts } = await scripted(({ implementation }, task) => {
      if (implementation === 'composed' && task.shape === small.shape) throw new Error('exit code 1');
      return took(1);
    });
    expect(cells(result, composed.id)).toMatchObject([{ failed: 'exit code 1' }, { median: 1 }]);
    expect(starts.filter((id) => id === composed.id)).toHaveLength(2);
  });

  it('that ends three times in a row is given up', async () => {
    const cases = [small, copyOf(small), large, copyOf(large)];
    const { result, starts } = await scripted(
      () => {
        throw new Error('exit code 1');
      },
      { cases, contenders: [ours] },
    );
    expect(starts).toHaveLength(3);
    expect(result.rows[2]!.cells[ours.id]!.failed).toBe('exit code 1');
    expect(result.rows[3]!.cells[ours.id]).toBeUndefined();
    expect(result.contenders[0]!.missing).toBe('given up after 3 crashes in a row: exit code 1');
  });

  it('that holds a large heap makes room', async () => {
    const { starts } = await scripted(() => took(1, 2e9), {
      cases: [small],
      contenders: [ours],
      freeMemory: () => 8e9,
    });
    expect(starts).toHaveLength(3);
  });

  it('that does not do a case says why', async () => {
    const { result } = await scripted(() => ({ kind: 'unsupported', reason: 'inference only' }));
    expect(cells(result, ours.id)).toEqual([
      { milliseconds: [], runs: 0, leftOut: 'inference only' },
      { milliseconds: [], runs: 0, leftOut: 'inference only' },
    ]);
  });
});
