/** Layers of several inputs: element by element, or joined along an axis. */
import type { ExportLayer, LayerCall } from '../call.js';
import type { Value } from '../graph.js';

/** The inputs in one order of axes: ONNX's, if all of them have it. */
function alike(call: LayerCall): { readonly values: readonly Value[]; readonly channelsFirst: boolean } {
  const { graph, inputs, rank } = call;
  if (inputs.some(({ shape }) => shape.length !== rank)) {
    call.refuse(
      `expected inputs of one rank, got ${inputs.map(({ shape }) => shape.length).join(', ')}; reshape them`,
    );
  }
  const channelsFirst = inputs.every((value) => value.channelsFirst);
  return { values: channelsFirst ? inputs : inputs.map((value) => graph.channelsLast(value)), channelsFirst };
}

/** For operators of two inputs: one after the other. */
const pairwise =
  (operator: string): ExportLayer =>
  (call) => {
    const { values, channelsFirst } = alike(call);
    const name = values
      .map(({ name }) => name)
      .reduce((left, right) => call.graph.node(call.name, operator, [left, right]));
    return { name, shape: call.outputShape, channelsFirst };
  };

/** For operators of any number of inputs. */
const atOnce =
  (operator: string): ExportLayer =>
  (call) => {
    const { values, channelsFirst } = alike(call);
    return call.output(
      operator,
      values.map(({ name }) => name),
      {},
      channelsFirst,
    );
  };

const concatenate: ExportLayer = (call) => {
  const { values, channelsFirst } = alike(call);
  const { rank } = call;
  const axis = call.option<number | undefined>('axis') ?? -1;
  const counted = axis < 0 ? axis + rank : axis;
  // Where the axis stands if the last one comes second.
  const moved = counted === 0 ? 0 : counted === rank - 1 ? 1 : counted + 1;
  return call.output(
    'Concat',
    values.map(({ name }) => name),
    { axis: { int: channelsFirst ? moved : counted } },
    channelsFirst,
  );
};

export const mergings: Readonly<Record<string, ExportLayer>> = {
  Add: pairwise('Add'),
  Multiply: pairwise('Mul'),
  Average: atOnce('Mean'),
  Maximum: atOnce('Max'),
  Minimum: atOnce('Min'),
  Concatenate: concatenate,
};
