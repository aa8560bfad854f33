/** How many threads the wasm backend computes on. Threads share memory, which a browser gives to isolated pages only. */
import { signal } from '@preact/signals';
import { remembered } from './remembered.js';

/** A network as small as this one gains nothing from more. */
const worthTrying = 16;

export const isIsolated = globalThis.crossOriginIsolated === true;

export const threadCounts: readonly number[] = Array.from(
  { length: isIsolated ? Math.min(navigator.hardwareConcurrency, worthTrying) : 1 },
  (_, index) => index + 1,
);

/** As a person has chosen. */
export const threads = signal(Number(remembered('threads', threadCounts.map(String)) ?? 1));
