/** Puts another method in the place of one of tfjs's engine, and gives it back. An engine meets a replacement once. */
import * as tf from '@tensorflow/tfjs-core';

export type Engine = ReturnType<typeof tf.engine>;

export interface EngineMethod {
  replace(): void;
  /** If another program has wrapped the method since, that stays, and `isOn` says false. */
  giveBack(): void;
}

/**
 * @param name The method, which the engine's types may leave out.
 * @param replacementOf The method in its place. It gets the engine, the original, which may be called without the engine, and whether
 * it is still to do more than the original.
 */
export function engineMethod<Args extends unknown[], Result>(
  name: string,
  replacementOf: (
    engine: Engine,
    original: (...args: Args) => Result,
    isOn: () => boolean,
  ) => (...args: Args) => Result,
): EngineMethod {
  type Method = (...args: Args) => Result;
  const replacedOf = new WeakMap<
    Engine,
    { isOn: boolean; readonly original: Method; readonly method: Method }
  >();
  const methodsOf = (engine: Engine) => engine as unknown as Record<string, Method>;
  return {
    replace() {
      const engine = tf.engine();
      let replaced = replacedOf.get(engine);
      if (replaced === undefined) {
        const methods = methodsOf(engine);
        const original = methods[name]!;
        const method = replacementOf(engine, original.bind(engine), () => replaced!.isOn);
        methods[name] = method;
        replaced = { isOn: true, original, method };
        replacedOf.set(engine, replaced);
      }
      replaced.isOn = true;
    },
    giveBack() {
      const engine = tf.engine();
      const replaced = replacedOf.get(engine);
      if (replaced === undefined) return;
      replaced.isOn = false;
      const methods = methodsOf(engine);
      if (methods[name] !== replaced.method) return;
      methods[name] = replaced.original;
      replacedOf.delete(engine);
    },
  };
}
