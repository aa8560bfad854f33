/** The state of the page, as signals; the panels show it, the actions change it. */

import type { BackendName } from '@bn/backends';
import type { Prediction } from '@bn/lenet';
import { computed, signal } from '@preact/signals';
import type { BackendAvailability, DatasetSummary, LayerDistribution } from '../protocol.js';
import type { Notice } from './notice.js';
import type { RunIdentity, RunRecord } from './runRecord.js';

/** Whether there is a worker to ask. */
export const worker = signal<'starting' | 'ready' | 'crashed'>('starting');

/** In the order of creation. */
export const runs = signal<readonly RunRecord[]>([]);
/** The run that the worker works on. */
export const activeId = signal<string | undefined>(undefined);
export const active = computed(() => runs.value.find(({ id }) => id === activeId.value));
/** Runs that other tabs work on, as of the last look. */
export const elsewhere = signal<ReadonlySet<string>>(new Set());
export const training = computed(() => active.value?.status === 'training');

export const backends = signal<readonly BackendAvailability[]>([]);
export const backend = signal<BackendName | undefined>(undefined);
/** The backend that is being started. */
export const swappingTo = signal<BackendName | undefined>(undefined);

/** Undefined while it is loaded. */
export const dataset = signal<DatasetSummary | undefined>(undefined);

/** The distributions in the active run's layers, as of the last look. */
export const layers = signal<readonly LayerDistribution[] | undefined>(undefined);
/** The active run's predictions for the sample of test images. */
export const predictions = signal<readonly Prediction[] | undefined>(undefined);

/** When the worker last reported of the active run, by `performance.now()`. */
export const lastReport = signal(0);

export const notices = signal<readonly Notice[]>([]);

export function notify(notice: Notice): void {
  notices.value = [...notices.value.filter(({ text }) => text !== notice.text), notice];
}

export function dismiss(notice: Notice): void {
  notices.value = notices.value.filter((other) => other !== notice);
}

export function changeRun(id: string, change: (record: RunRecord) => RunRecord): void {
  runs.value = runs.value.map((record) => (record.id === id ? change(record) : record));
}

export const runById = (id: string): RunRecord | undefined => runs.value.find((record) => record.id === id);

const paletteSize = 8;

/** A new run's unique identity. Times and ids ascend in the order of creation. */
export function newIdentity(): RunIdentity {
  const last = runs.value.at(-1);
  const createdAt = Math.max(Date.now(), (last?.createdAt ?? 0) + 1);
  const used = new Set(runs.value.map(({ color }) => color));
  const free = Array.from({ length: paletteSize }, (_, color) => color).find((color) => !used.has(color));
  return {
    createdAt,
    id: `${createdAt.toString(36)}-${Math.random().toString(36).slice(2, 8)}`,
    color: free ?? ((last?.color ?? -1) + 1) % paletteSize,
  };
}
