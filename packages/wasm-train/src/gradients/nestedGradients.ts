/**
 * Gradients taken inside of the gradient of a `tf.customGrad`: of a part of a network that is computed again there instead of being
 * kept, say.
 *
 * tfjs has one tape. The inner gradient begins a new one, and ends with none, so that the outer one stops with "Cannot read properties
 * of null (reading 'forEach')". Here the outer tape is put back.
 */
import { type Engine, engineMethod } from './engineMethod.js';

type Gradients = Engine['gradients'];

export const outerTapes = engineMethod<Parameters<Gradients>, ReturnType<Gradients>>(
  'gradients',
  (engine, original, isOn) => {
    let running = 0;
    return (...args) => {
      const state = engine.state as { activeTape: unknown; gradientDepth: number };
      // At a greater depth the outer gradient still records, and the inner one goes on with its tape.
      const isInside = isOn() && running > 0 && state.gradientDepth === 0;
      const outer = state.activeTape;
      running++;
      try {
        return original(...args);
      } finally {
        running--;
        if (isInside) state.activeTape = outer;
      }
    };
  },
);
