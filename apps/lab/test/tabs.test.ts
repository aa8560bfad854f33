/** The lab in several tabs of one browser, which have their runs in common. */
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import {
  button,
  eventually,
  goesOnBy,
  notices,
  progress,
  reaches,
  ready,
  start,
  status,
  storedRuns,
  useLab,
} from './browser.js';

const lab = useLab();

const states = (page: Page): Promise<string[]> => page.locator('#runs [data-status]').allTextContents();
const ofRun = (page: Page, what: 'Resume' | 'Inspect' | 'Remove') =>
  page.locator('#runs').getByRole('button', { name: what });

/** How many runs some tab has. */
const locks = (page: Page): Promise<number> =>
  page.evaluate(async () => (await navigator.locks.query()).held!.length);

/** What the page does when a person comes back to it. */
const comeBack = (page: Page): Promise<void> =>
  page.evaluate(() => {
    dispatchEvent(new Event('focus'));
  });

test('a run that trains in one tab is refused in another, and can be had once that tab is closed', async () => {
  const { page: first, faults, openTab } = await lab.open();
  await start(first, { Epochs: '900' });
  await goesOnBy(first, 1);

  const second = await openTab();
  expect(await states(second)).toEqual(['open in another tab']);
  expect(await status(second).count()).toBe(0);
  for (const what of ['Resume', 'Inspect', 'Remove'] as const) {
    await ofRun(second, what).click();
    await eventually(() => notices(second, 'alert')).toContain(
      'This run is open in another tab. Continue there',
    );
    await button(second, 'Dismiss').click();
  }
  await second.locator('#runs').getByRole('checkbox').uncheck();
  expect(await states(second)).toEqual(['open in another tab']);
  await goesOnBy(first, 1);
  await eventually(async () => (await storedRuns(first))[0]!.status).toBe('training');

  const before = await progress(first);
  await button(first, 'Pause').click();
  await reaches(first, 'paused');
  const [stored] = await storedRuns(first);
  expect(stored!.at).toBeGreaterThanOrEqual(before);
  await first.close();
  await eventually(() => locks(second)).toBe(0);
  await ofRun(second, 'Resume').click();
  await reaches(second, 'training');
  expect(await progress(second)).toBeGreaterThanOrEqual(stored!.at);
  await button(second, 'Pause').click();
  await reaches(second, 'paused');
  const [resumed] = await storedRuns(second);
  expect(resumed!.history.slice(0, stored!.history.length)).toEqual(stored!.history);
  expect(faults).toEqual([]);
});

test('a tab that looks at another run leaves the one before to others, as it stands', async () => {
  const { page: first, openTab } = await lab.open();
  await start(first, { Epochs: '500', Seed: '1' });
  await goesOnBy(first, 0);
  const second = await openTab();
  await start(first, { Epochs: '500', Seed: '2' });
  await goesOnBy(first, 0);
  const [left] = await storedRuns(first);
  await ofRun(second, 'Resume').first().click();
  await reaches(second, 'training');
  expect(await progress(second)).toBeGreaterThanOrEqual(left!.at);
  expect(await states(second)).toEqual(['training', 'open in another tab']);
  await comeBack(first);
  await eventually(() => states(first)).toEqual(['open in another tab', 'training']);
});

test('the runs that wait in one tab are not taken by another that has finished its own', async () => {
  const { page: first, openTab } = await lab.open();
  await first.locator('#new-run').getByLabel('Epochs').fill('900');
  await button(first, 'Compare batch norm with none').click();
  await reaches(first, 'training');
  const second = await openTab();
  expect(await states(second)).toEqual(['open in another tab', 'open in another tab']);
  for (const seed of ['3', '4']) {
    await start(second, { Epochs: '1', Seed: seed });
    await reaches(second, 'finished');
  }
  expect((await storedRuns(second)).map((run) => run.status).slice(1)).toEqual([
    'queued',
    'finished',
    'finished',
  ]);
  await button(first, 'Stop').click();
  await eventually(async () => (await states(first)).slice(0, 2)).toEqual(['stopped', 'training']);
});

test('a run that was removed in another tab is said to be gone, and goes from the list', async () => {
  const { page: first, openTab } = await lab.open();
  await start(first, { Epochs: '1' });
  await reaches(first, 'finished');
  const second = await openTab();
  await ofRun(first, 'Remove').click();
  await eventually(() => storedRuns(first)).toEqual([]);
  await ofRun(second, 'Inspect').click();
  await eventually(() => notices(second, 'alert')).toContain('it was removed in another tab');
  expect(await states(second)).toEqual([]);
});

test('each tab comes back to its own run when it is reloaded', async () => {
  const { page: first, openTab } = await lab.open();
  await start(first, { Epochs: '1', Seed: '1' });
  await reaches(first, 'finished');
  const second = await openTab();
  await start(second, { Epochs: '1', Seed: '2' });
  await reaches(second, 'finished');
  for (const [page, seed] of [
    [first, 1],
    [second, 2],
  ] as const) {
    await page.reload();
    await ready(page);
    await reaches(page, 'finished');
    expect(await page.locator('#status h2').textContent()).toContain(`seed ${seed}`);
  }
});

test('a Chinese page says it in Chinese', async () => {
  const { page: first, openTab } = await lab.open({ locale: 'zh-CN' });
  await first.locator('#new-run').getByLabel('轮数').fill('900');
  await button(first, '开始训练').click();
  await reaches(first, '训练中');
  const second = await openTab();
  expect(await states(second)).toEqual(['已在另一个标签页中打开']);
  await second.locator('#runs').getByRole('button', { name: '删除' }).click();
  await eventually(() => notices(second, 'alert')).toContain('这次训练已在另一个标签页中打开');
});

test('a browser without locks trains, and lets every tab have every run', async () => {
  const { page: first, faults, openTab } = await lab.open();
  await first.context().addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });
  });
  await first.reload();
  await ready(first);
  await start(first, { Epochs: '1' });
  await reaches(first, 'finished');
  const second = await openTab();
  expect(await second.evaluate(() => navigator.locks)).toBeUndefined();
  await reaches(second, 'finished');
  await ofRun(second, 'Remove').click();
  await eventually(() => storedRuns(second)).toEqual([]);
  expect(faults).toEqual([]);
});
