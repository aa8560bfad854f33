/** The cases of every operation, by the kernel's name. */
import type { GradientCase } from '../table/case.js';
import { binary } from './binary.js';
import { complex } from './complex.js';
import { convolutions, fusedConvolutions } from './convolutions.js';
import { elementwise } from './elementwise.js';
import { poolings } from './poolings.js';
import { matrixProducts, moreProducts } from './products.js';
import { reductions } from './reductions.js';
import { shapes } from './shapes.js';

/** Every operation that tfjs has registered a gradient for: a test holds this list to the registry. */
export const registeredOperations: Record<string, GradientCase[]> = {
  ...elementwise,
  ...binary,
  ...reductions,
  ...shapes,
  ...matrixProducts,
  ...convolutions,
  ...poolings,
  ...complex,
};

/** Operations that are differentiable without an entry in the registry, or should be. */
export const otherOperations: Record<string, GradientCase[]> = { ...fusedConvolutions, ...moreProducts };
