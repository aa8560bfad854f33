/** What the run in hand takes each test image for: after each epoch, and when a run is opened. */
import { computed, signal } from '@preact/signals';
import type { TestResult } from '../protocol.js';
import { activeId } from './page.js';

/** A result, and whose it is. */
interface Tested extends TestResult {
  readonly run: string;
  /** Epochs that the run had seen. */
  readonly at: number;
}

const last = signal<Tested | undefined>(undefined);

/** The last result of the run in hand. */
export const tested = computed(() => (last.value?.run === activeId.value ? last.value : undefined));

export function showTested(result: Tested): void {
  last.value = result;
}

export function forgetTested(): void {
  last.value = undefined;
}
