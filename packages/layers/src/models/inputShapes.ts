/** The shapes of the inputs of layers, those in TimeDistributed too. */
import type * as tfl from '@tensorflow/tfjs-layers';
import { isOfClass } from '../tfjsClasses.js';
import { layersIn } from './layersIn.js';

type Layer = tfl.layers.Layer;
export type Shape = readonly (number | null)[];

/** What tfjs calls a layer with. */
interface Node {
  readonly inputShapes: Shape[];
}

/** The shape of the first input of every layer in a model; null for sizes that are not fixed. */
export function inputShapesIn(model: Layer): ReadonlyMap<Layer, Shape> {
  const shapes = new Map<Layer, Shape>();
  for (const layer of layersIn(model)) {
    const [node] = (layer as unknown as { inboundNodes: Node[] }).inboundNodes;
    const shape = shapes.get(layer) ?? node?.inputShapes[0];
    if (shape === undefined) continue;
    shapes.set(layer, shape);
    // Its layer sees one step, and comes after it here.
    if (isOfClass(layer, 'TimeDistributed')) {
      shapes.set(
        (layer as Layer & { layer: Layer }).layer,
        shape.filter((_, axis) => axis !== 1),
      );
    }
  }
  return shapes;
}
