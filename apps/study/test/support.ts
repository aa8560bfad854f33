/** What tests of the study share: small data that every machine has. */
import { pauser } from '@bn/lenet';
import { loadStudyData, type StudyData } from '../src/data/load.js';
import type { Context } from '../src/experiments/experiment.js';

export const signal = new AbortController().signal;

export const smallData = (): Promise<StudyData> =>
  loadStudyData({ choice: 'fashion-mnist', trainCount: 256, testCount: 64, quiet: true, signal });

export const contextOf = (data: StudyData): Context => ({
  data,
  seed: 0,
  quick: true,
  backend: 'wasm',
  progress: () => {},
  pause: pauser(signal),
});
