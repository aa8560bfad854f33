/** Layers and models of a user's class that compute something else than the class that they extend. */
import type { SymbolicTensor } from '@tensorflow/tfjs-layers';
import { notExported } from './call.js';
import { layerExports } from './layers/index.js';

type Class = { readonly className?: string; readonly name: string; readonly prototype: object };

/** Whether a class has the name of one that can be exported by itself, and not from the class that it extends. */
const isExported = (Class: Class): boolean =>
  Object.hasOwn(Class, 'className') &&
  (Object.hasOwn(layerExports, Class.className!) ||
    ['Model', 'Functional', 'Sequential'].includes(Class.className!));

/** @throws OnnxError for a `call` of a class that extends an exported one: the export would leave it out. */
export function refuseOwnCall(layer: SymbolicTensor['sourceLayer']): void {
  const own = layer.constructor as unknown as Class;
  for (
    let Class = own;
    Class.prototype !== undefined && !isExported(Class);
    Class = Object.getPrototypeOf(Class)
  ) {
    if (!Object.hasOwn(Class.prototype, 'call')) continue;
    throw notExported(
      layer.name,
      own.className ?? own.name,
      `there is no export for ${own.name}, whose 'call' computes something else than the class that it extends; make it of other layers`,
    );
  }
}
