/** Recurrent layers, their cells and what wraps them. */
import * as tf from '@tensorflow/tfjs';
import type { GradientCase } from '../table/case.js';
import { signed } from '../table/values.js';
import { layerCase } from './layerCase.js';

type Cell = Parameters<typeof tf.layers.rnn>[0]['cell'] & tf.layers.Layer;

const series = () => signed([2, 4, 3]);
const state = (seed: number) => signed([2, 2], seed);
const units = 2;
const whole = { units, returnSequences: true } as const;

/** A cell is called with its input and its states; layers are built by their first input alone. */
const asCell = (layer: tf.layers.Layer, inputs: tf.Tensor[]) => {
  if (!layer.built) layer.build(inputs[0]!.shape);
  layer.built = true;
  return layer.call(inputs, { training: true });
};

/** The first sample has four steps, the second two. */
const withMask = (layer: tf.layers.Layer, [x]: tf.Tensor[]) =>
  layer.apply(x!, { mask: tf.tensor2d([1, 1, 1, 1, 1, 1, 0, 0], [2, 4], 'bool') }) as tf.Tensor;

type Config = { units: number; returnSequences?: boolean; returnState?: boolean; goBackwards?: boolean };

function recurrent(make: (config: Config) => tf.layers.Layer): GradientCase[] {
  return [
    layerCase('the last step', () => make({ units }), [series()]),
    layerCase('all steps', () => make(whole), [series()]),
    layerCase('state too', () => make({ units, returnState: true }), [series()]),
    layerCase('backwards', () => make({ units, goBackwards: true }), [series()]),
    layerCase('masked', () => make(whole), [series()], { call: withMask }),
  ];
}

const frames = () => signed([1, 3, 4, 3, 2]);

export const recurrents: Record<string, GradientCase[]> = {
  bidirectional: [
    layerCase('lstm, all steps', () => tf.layers.bidirectional({ layer: tf.layers.lstm(whole) as tf.RNN }), [
      series(),
    ]),
    layerCase(
      'gru, the last step',
      () => tf.layers.bidirectional({ layer: tf.layers.gru({ units }) as tf.RNN }),
      [series()],
    ),
    ...(['sum', 'mul', 'ave'] as const).map((mergeMode) =>
      layerCase(
        `simpleRNN, ${mergeMode}`,
        () => tf.layers.bidirectional({ layer: tf.layers.simpleRNN(whole) as tf.RNN, mergeMode }),
        [series()],
      ),
    ),
  ],
  convLstm2d: [
    layerCase('the last frame', () => tf.layers.convLstm2d({ filters: 2, kernelSize: 2 }), [frames()]),
    layerCase(
      'all frames, same',
      () => tf.layers.convLstm2d({ filters: 1, kernelSize: 3, padding: 'same', returnSequences: true }),
      [frames()],
    ),
  ],
  convLstm2dCell: [
    layerCase(
      'one step',
      () => tf.layers.convLstm2dCell({ filters: 1, kernelSize: 2, padding: 'same' }),
      [signed([1, 3, 3, 2], 1), signed([1, 3, 3, 1], 2), signed([1, 3, 3, 1], 3)],
      { call: asCell },
    ),
  ],
  gru: [
    ...recurrent((config) => tf.layers.gru(config)),
    layerCase('sigmoid for the gates', () => tf.layers.gru({ units, recurrentActivation: 'sigmoid' }), [
      series(),
    ]),
  ],
  gruCell: [
    layerCase('one step', () => tf.layers.gruCell({ units }), [signed([2, 3]), state(2)], { call: asCell }),
  ],
  lstm: [
    ...recurrent((config) => tf.layers.lstm(config)),
    layerCase('sigmoid for the gates', () => tf.layers.lstm({ units, recurrentActivation: 'sigmoid' }), [
      series(),
    ]),
  ],
  lstmCell: [
    layerCase('one step', () => tf.layers.lstmCell({ units }), [signed([2, 3]), state(2), state(3)], {
      call: asCell,
    }),
  ],
  rnn: [
    layerCase('of a cell', () => tf.layers.rnn({ cell: tf.layers.simpleRNNCell({ units }) as Cell }), [
      series(),
    ]),
  ],
  simpleRNN: recurrent((config) => tf.layers.simpleRNN(config)),
  simpleRNNCell: [
    layerCase('one step', () => tf.layers.simpleRNNCell({ units }), [signed([2, 3]), state(2)], {
      call: asCell,
    }),
  ],
  stackedRNNCells: [
    layerCase(
      'two kinds',
      () =>
        tf.layers.rnn({
          cell: tf.layers.stackedRNNCells({
            cells: [tf.layers.gruCell({ units }), tf.layers.simpleRNNCell({ units: 3 })] as never,
          }) as Cell,
        }),
      [series()],
    ),
  ],
  timeDistributed: [
    layerCase('dense', () => tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 2 }) }), [series()]),
    layerCase(
      'conv2d',
      () => tf.layers.timeDistributed({ layer: tf.layers.conv2d({ filters: 2, kernelSize: 2 }) }),
      [frames()],
    ),
  ],
};
