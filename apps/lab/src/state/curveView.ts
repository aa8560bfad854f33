/** How the curves are looked at: what a person has chosen, the same for all of them. */
import { effect, signal } from '@preact/signals';
import { remember, remembered } from './remembered.js';

/** From the first to the last epoch that is shown. */
export type Zoom = readonly [from: number, to: number];

export const smoothings = ['0', '0.5', '0.8', '0.9', '0.95'] as const;
const switches = ['on', 'off'] as const;

/** The weight of what came before in a smoothed curve, from 0 to below 1. */
export const smoothing = signal(Number(remembered('smoothing', smoothings) ?? 0));

/** Whether losses are drawn by their logarithm: one of 700 flattens those of 2 otherwise. */
export const isLogarithmic = signal(remembered('logarithmic', switches) === 'on');

/** Undefined: all epochs. */
export const zoom = signal<Zoom | undefined>(undefined);

effect(() => remember('smoothing', String(smoothing.value)));
effect(() => remember('logarithmic', isLogarithmic.value ? 'on' : 'off'));
