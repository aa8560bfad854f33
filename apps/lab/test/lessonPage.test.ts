/** Lessons in the page. */
import { expect, test } from 'vitest';
import { eventually, notices, ready, useLab } from './browser.js';

const lab = useLab();

test('a lesson sets the form by one click, is a link that a reload brings back, and trains its runs', async () => {
  const { page, faults } = await lab.open();
  await page.getByRole('link', { name: 'Batches of two' }).click();
  await eventually(() => page.url()).toContain('lesson=pairs');
  const form = page.locator('#new-run');
  expect(await form.getByLabel('Learning rate').inputValue()).toBe('0.1');
  await page.reload();
  await ready(page);
  expect(await page.locator('#lessons').textContent()).toContain('below 20% with 2');
  expect(await form.getByLabel('Epochs').inputValue()).toBe('1');
  await page.locator('.lesson').getByRole('button', { name: 'Train these 2 runs' }).click();
  await eventually(() => page.locator('#runs .run').count()).toBe(2);
  expect(faults).toEqual([]);
});

test('an address with a norm that there is not is told of', async () => {
  const { page } = await lab.open();
  await page.goto(`${new URL(page.url()).origin}/?norm=foo&epochs=3`);
  await eventually(() => notices(page, 'alert')).toContain('norm=foo');
  expect(await page.locator('#new-run').getByLabel('Epochs').inputValue()).toBe('3');
});
