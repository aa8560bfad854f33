/** Initializers, regularizers and constraints in the forms in which Keras configs have them, and back. */
import { OptionError } from '@bn/core';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

export type Initializer = ReturnType<typeof tfl.initializers.ones>;
export type Regularizer = ReturnType<typeof tfl.regularizers.l2>;
export type Constraint = ReturnType<typeof tfl.constraints.nonNeg>;

/** A saved Keras object: `{ className: 'Constant', config: { value: 0.5 } }`. */
export interface KerasObject {
  className: string;
  config?: Record<string, unknown>;
}

/** A Keras object as an option: itself, its name ('zeros', 'GlorotUniform'), or as it is saved. */
export type Identifier<T> = T | string | KerasObject;

type Factory<T> = (config: unknown) => T;
/** Named, since a type that TypeScript infers refers to files inside tfjs-layers, which Node's resolution does not find. */
type Resolver<T> = (layer: string, option: string, identifier: Identifier<T> | undefined) => T | undefined;

function resolverOf<T extends object>(kind: string, factories: object): Resolver<T> {
  return (layer, option, identifier) => {
    if (identifier === undefined) return undefined;
    if (typeof identifier === 'object' && 'getClassName' in identifier) return identifier as T;
    const { className, config } = (
      typeof identifier === 'string' ? { className: identifier } : identifier
    ) as KerasObject;
    const wanted = String(className).replaceAll('_', '').toLowerCase();
    const name = Object.keys(factories).find((known) => known.toLowerCase() === wanted);
    if (name !== undefined) return (factories as Record<string, Factory<T>>)[name]!(config ?? {});
    const { classNameMap } = tf.serialization.SerializationMap.getMap();
    // A file may name '__proto__' or 'constructor', which every object has.
    const registered = Object.hasOwn(classNameMap, className) ? classNameMap[className] : undefined;
    if (registered === undefined) {
      throw new OptionError(
        `${layer}: ${option} '${className}' is not known; tf.${kind} has ${Object.keys(factories).join(', ')}. ` +
          'Take one of these, or register a class of your own with tf.serialization.registerClass',
      );
    }
    const [Class, fromConfig] = registered;
    return fromConfig(Class, (config ?? {}) as tf.serialization.ConfigDict) as unknown as T;
  };
}

/** Each resolves an option of a layer; errors name the layer and the option. */
export const resolveInitializer: Resolver<Initializer> = resolverOf<Initializer>(
  'initializers',
  tfl.initializers,
);
export const resolveRegularizer: Resolver<Regularizer> = resolverOf<Regularizer>(
  'regularizers',
  tfl.regularizers,
);
export const resolveConstraint: Resolver<Constraint> = resolverOf<Constraint>('constraints', tfl.constraints);

/** As Keras saves it; null if there is none. */
export function serialize(object: Initializer | Regularizer | Constraint | undefined) {
  return object === undefined ? null : { className: object.getClassName(), config: object.getConfig() };
}
