/** What every network is made from, besides its own shape. */
import type { Initialization } from './initialization.js';
import type { StudyNorm } from './normNames.js';

export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface NetworkOptions {
  readonly image: ImageShape;
  readonly classes: number;
  readonly norm: StudyNorm;
  /** Its random numbers also feed dropout and noise. */
  readonly initialization: Initialization;
}
