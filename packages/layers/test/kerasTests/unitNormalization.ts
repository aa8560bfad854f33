/** unit_normalization_test.py. */
import { expect } from 'vitest';
import { UnitNormalization, type UnitNormalizationArguments } from '../../src/index.js';
import { expectClose } from '../support/compare.js';
import { agrees, type KerasTest } from './kerasTest.js';
import { layerTest } from './layerTest.js';
import { apply, mapped, normal, over, valuesOf } from './numbers.js';

const layer = (args: UnitNormalizationArguments) => (more?: object) =>
  new UnitNormalization({ ...args, ...more });
const weights = { trainable: 0, nonTrainable: 0 };

function correct(shape: number[], axis: number | number[]) {
  const axes = [axis].flat();
  const x = normal(shape);
  const count = axes.reduce((product, one) => product * shape.at(one)!, 1);
  const expected = mapped(x, over(axes), (value, { square }) => value / Math.sqrt(square * count));
  expectClose(valuesOf(apply(new UnitNormalization({ axis }), x)), expected, 1e-6);
}

export const unitNormalization: readonly KerasTest[] = [
  agrees('test_un_basics', 'the layer test over one axis and over two', {
    'axis -1': () => layerTest(layer({ axis: -1 }), { shape: [2, 3], ...weights }),
    'axis [1, 2]': () => layerTest(layer({ axis: [1, 2] }), { shape: [1, 3, 3], ...weights }),
  }),
  agrees('test_invalid_axis', 'an axis that is neither a number nor a list of them is refused', {
    'an object': () =>
      expect(() => new UnitNormalization({ axis: { axis: -1 } as never })).toThrow(
        'UnitNormalization: axis must be an integer or a list of integers, got {"axis":-1}',
      ),
  }),
  agrees('test_correctness', 'norms of 1', {
    'axis -1': () => correct([2, 3], -1),
    'axis [1, 2]': () => correct([2, 3, 3], [1, 2]),
    'axis 1': () => correct([2, 3, 2], 1),
  }),
];
