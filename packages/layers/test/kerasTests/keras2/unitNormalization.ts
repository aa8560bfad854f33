/** unit_normalization_test.py of tf.keras 2, what it has beyond that of Keras 3. */
import { expect } from 'vitest';
import { UnitNormalization } from '../../../src/index.js';
import { agrees, type KerasTest, otherwise } from '../kerasTest.js';

export const unitNormalization: readonly KerasTest[] = [
  agrees('testInvalidAxis', 'an axis outside of the rank is refused by build', {
    'axis 3 of rank 3': () =>
      expect(() => new UnitNormalization({ axis: 3 }).build([2, 2, 2])).toThrow('axis must be in [-3, 3)'),
  }),
  otherwise(
    'differs',
    'testInvalidAxis',
    'no axis (None) is refused',
    'null stands for an option that is left out, as in files, and means -1',
    {
      null: () => expect(new UnitNormalization({ axis: null as never }).getConfig().axis).toBe(-1),
    },
  ),
];
