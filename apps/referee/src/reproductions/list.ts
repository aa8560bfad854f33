/** A program for each cause of red cells. Tests run them on each backend. */
import { onnxruntimeReproductions } from './onnxruntime.js';
import type { Reproduction } from './reproduction.js';
import { tfjsReproductions } from './tfjs.js';

export const reproductions: readonly Reproduction[] = [...tfjsReproductions, ...onnxruntimeReproductions];
