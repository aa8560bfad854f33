/**
 * Gradients taken inside of the gradient of a `tf.customGrad`: of a part of a network that is computed again there instead of being
 * kept, say.
 *
 * tfjs has one tape. The inner gradient begins a new one, and ends with none, so that the outer one stops with "Cannot read properties
 * of null (reading 'forEach')". Here the outer tape is put back.
 */
import * as tf from '@tensorflow/tfjs-core';

type Engine = ReturnType<typeof tf.engine>;
type Gradients = Engine['gradients'];

/** What stands in the place of the engine's own gradients, and whether it puts tapes back. */
interface Wrapper {
  readonly original: Gradients;
  readonly gradients: Gradients;
  keepsTapes: boolean;
}

const wrappers = new WeakMap<Engine, Wrapper>();

export function keepOuterTapes(): void {
  const engine = tf.engine();
  const known = wrappers.get(engine);
  if (known) {
    known.keepsTapes = true;
    return;
  }
  const original = engine.gradients;
  let running = 0;
  const wrapper: Wrapper = {
    original,
    keepsTapes: true,
    gradients: ((...args: Parameters<Gradients>) => {
      const state = engine.state as { activeTape: unknown; gradientDepth: number };
      // At a greater depth the outer gradient still records, and the inner one goes on with its tape.
      const isInside = wrapper.keepsTapes && running > 0 && state.gradientDepth === 0;
      const outer = state.activeTape;
      running++;
      try {
        return original.apply(engine, args);
      } finally {
        running--;
        if (isInside) state.activeTape = outer;
      }
    }) as Gradients,
  };
  wrappers.set(engine, wrapper);
  engine.gradients = wrapper.gradients;
}

/** Gives tfjs its way back. If another program has wrapped the engine's gradients since, that stays. */
export function leaveOuterTapes(): void {
  const engine = tf.engine();
  const wrapper = wrappers.get(engine);
  if (wrapper === undefined) return;
  wrapper.keepsTapes = false;
  if (engine.gradients !== wrapper.gradients) return;
  engine.gradients = wrapper.original;
  wrappers.delete(engine);
}
