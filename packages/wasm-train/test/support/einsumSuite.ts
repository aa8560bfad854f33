import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectClose, random, valuesOn } from './compare.js';

/** One number of each operand: places by label. */
type Places = ReadonlyMap<string, number>;

/**
 * The truth: over all places of all labels, the product of the operands belongs to the output. Axes of size 1 stand for any
 * size. No ellipses: those are written out in the cases below.
 */
function einsum(terms: string[], output: string, values: Float32Array[], shapes: number[][]) {
  const sizes = new Map<string, number>();
  terms.forEach((term, i) => {
    [...term].forEach((label, axis) => {
      sizes.set(label, Math.max(sizes.get(label) ?? 1, shapes[i]![axis]!));
    });
  });
  const outShape = [...output].map((label) => sizes.get(label)!);
  const flat = (term: string, shape: number[], places: Places) =>
    [...term].reduce(
      (at, label, axis) => at * shape[axis]! + (shape[axis] === 1 ? 0 : places.get(label)!),
      0,
    );
  const y = new Float64Array(tf.util.sizeFromShape(outShape));
  const gradients = values.map((value) => new Float64Array(value.length));
  const dy = random(y.length, 9);
  const labels = [...sizes.keys()];
  const visit = (places: Map<string, number>, depth: number): void => {
    if (depth < labels.length) {
      const label = labels[depth]!;
      for (let place = 0; place < sizes.get(label)!; ++place)
        visit(new Map(places).set(label, place), depth + 1);
      return;
    }
    const at = terms.map((term, i) => flat(term, shapes[i]!, places));
    const to = flat(output, outShape, places);
    y[to]! += at.reduce((product, index, i) => product * values[i]![index]!, 1);
    gradients.forEach((gradient, i) => {
      const others = at.reduce((product, index, j) => (j === i ? product : product * values[j]![index]!), 1);
      gradient[at[i]!]! += others * dy[to]!;
    });
  };
  visit(new Map(), 0);
  return { y, outShape, dy, gradients };
}

/** The equation, and the same without ellipses; sizes of the operands. */
type Case = [equation: string, written: string, ...shapes: number[][]];

const cases: Case[] = [
  ['ij,jk->ik', 'ij,jk->ik', [3, 4], [4, 5]],
  ['ij,kj->ik', 'ij,kj->ik', [3, 4], [5, 4]],
  ['ji,jk->ki', 'ji,jk->ki', [4, 3], [4, 5]],
  ['bhqd,bhkd->bhqk', 'bhqd,bhkd->bhqk', [2, 3, 4, 5], [2, 3, 6, 5]],
  ['bqhd,bkhd->bhqk', 'bqhd,bkhd->bhqk', [2, 4, 3, 5], [2, 6, 3, 5]],
  ['ij,ij->', 'ij,ij->', [3, 4], [3, 4]],
  ['i,i->', 'i,i->', [5], [5]],
  ['i,j->ij', 'i,j->ij', [3], [4]],
  ['ij,ij->ij', 'ij,ij->ij', [3, 4], [3, 4]],
  ['ij->ji', 'ij->ji', [3, 4]],
  ['ij->ij', 'ij->ij', [3, 4]],
  ['ijk->j', 'ijk->j', [3, 4, 5]],
  ['ij,k->i', 'ij,k->i', [3, 4], [5]],
  [' b i , b -> i ', 'bi,b->i', [3, 4], [3]],
  ['ii->', 'ii->', [4, 4]],
  ['ii->i', 'ii->i', [4, 4]],
  ['iji,ik->kj', 'iji,ik->kj', [3, 4, 3], [3, 2]],
  ['iii,i->i', 'iii,i->i', [3, 3, 3], [3]],
  ['ij,jk,kl->il', 'ij,jk,kl->il', [2, 3], [3, 4], [4, 5]],
  ['i,ij,j->', 'i,ij,j->', [3], [3, 4], [4]],
  ['...ij,...jk->...ik', 'abij,abjk->abik', [2, 3, 4, 5], [2, 3, 5, 2]],
  ['...ij,jk', 'abij,jk->abik', [2, 3, 4, 5], [5, 2]],
  ['i...->...', 'iab->ab', [2, 3, 4]],
  ['...i,...i->...', 'abi,bi->ab', [2, 3, 4], [3, 4]],
  ['...->', 'ab->', [2, 3]],
  ['ba', 'ba->ab', [2, 3]],
  ['ij,jk->ik', 'ij,jk->ik', [3, 1], [4, 5]],
  ['ij,ij->ij', 'ij,ij->ij', [3, 1], [1, 4]],
  ['ij,jk->ik', 'ij,jk->ik', [1, 1], [1, 1]],
];

function check([equation, written, ...shapes]: Case): void {
  const [left, output] = written.split('->') as [string, string];
  const values = shapes.map((shape, i) => random(tf.util.sizeFromShape(shape), i + 1));
  const expected = einsum(left.split(','), output, values, shapes);
  tf.tidy(() => {
    const tensors = shapes.map((shape, i) => tf.tensor(values[i]!, shape));
    const y = tf.einsum(equation, ...tensors);
    expect(y.shape).toEqual(expected.outShape);
    expectClose(y.dataSync(), expected.y);
    const f = (...operands: tf.Tensor[]) => tf.einsum(equation, ...operands);
    tf.grads(f)(tensors, tf.tensor(expected.dy, expected.outShape)).forEach((gradient, i) => {
      expect(gradient.shape).toEqual(shapes[i]);
      expectClose(gradient.dataSync(), expected.gradients[i]!);
    });
  });
}

const letters = ['a', 'b', 'c', 'd'];
const term = fc.shuffledSubarray(letters, { minLength: 1 });

/** Two operands of any labels, in any order, and any of them in the output. */
const anyCase: fc.Arbitrary<Case> = fc
  .record({
    sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 4, maxLength: 4 }),
    left: term,
    right: term,
    order: fc.shuffledSubarray(letters),
  })
  .map(({ sizes, left, right, order }): Case => {
    const output = order.filter((label) => left.includes(label) || right.includes(label));
    const equation = `${left.join('')},${right.join('')}->${output.join('')}`;
    const shape = (labels: string[]) => labels.map((label) => sizes[letters.indexOf(label)]!);
    return [equation, equation, shape(left), shape(right)];
  });

export function einsumSuite(): void {
  describe('einsum and its gradients', () => {
    it.each(cases)('equal float64 for %s', (...testCase) => check(testCase));

    it('equal float64 for any equation of two operands', () => {
      fc.assert(fc.property(anyCase, check), { numRuns: 150 });
    });

    it('give zeros and empty tensors where there is nothing to sum', () => {
      tf.tidy(() => {
        const [a, b] = [tf.zeros([2, 0]), tf.zeros([0, 3])];
        expect([...tf.einsum('ij,jk->ik', a, b).dataSync()]).toEqual(Array(6).fill(0));
        const f = (x: tf.Tensor, y: tf.Tensor) => tf.einsum('ij,jk->ik', x, y);
        expect(
          tf
            .grads(f)([a, b], tf.ones([2, 3]))
            .map(({ shape }) => shape),
        ).toEqual([
          [2, 0],
          [0, 3],
        ]);
      });
    });

    it('multiply int32 exactly', () => {
      tf.tidy(() => {
        const a = tf.tensor2d([2 ** 24 + 1, 1, 2, 3], [2, 2], 'int32');
        const y = tf.einsum('ij,jk->ik', a, tf.tensor2d([3, 1, 1, 1], [2, 2], 'int32'));
        expect(y.dtype).toBe('int32');
        expect([...y.dataSync()]).toEqual([3 * (2 ** 24 + 1) + 1, 2 ** 24 + 2, 9, 5]);
      });
    });

    it('have gradients themselves, equal to those of a matrix product', () => {
      const secondOf = (f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor) =>
        tf.tidy(() => {
          const inputs = [tf.tensor(random(6, 5), [2, 3]), tf.tensor(random(12, 6), [3, 4])];
          const first = (a: tf.Tensor, b: tf.Tensor) =>
            tf.square(tf.grads((x: tf.Tensor, y: tf.Tensor) => tf.square(f(x, y)))([a, b])[0]!);
          return tf
            .grads(first)(inputs)
            .map((gradient) => gradient.dataSync());
        });
      const expected = secondOf((a, b) => tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D));
      secondOf((a, b) => tf.einsum('ij,jk->ik', a, b)).forEach((gradient, i) => {
        expectClose(gradient, expected[i]!, 1e-5);
      });
    });

    it("equal those on tfjs's cpu backend, which has the kernel but no gradient of its own", () => {
      const gradient = () => {
        const f = (a: tf.Tensor) => tf.square(tf.einsum('bi,bj->ij', a, tf.tensor(random(8, 7), [2, 4])));
        return tf.grad(f)(tf.tensor(random(6, 8), [2, 3]));
      };
      expectClose(valuesOn('wasm', gradient), valuesOn('cpu', gradient));
    });

    it.each([
      ['ij,jk->ik', [[2, 3]], /is for 2 tensors, got 1/],
      ['ij->i', [[2, 3, 4]], /"ij" .* does not fit a tensor of shape \[2, 3, 4\]/],
      ['...ij->i', [[2]], /"\.\.\.ij" .* does not fit a tensor of shape \[2\]/],
      [
        'ij,jk->ik',
        [
          [2, 3],
          [4, 5],
        ],
        /"j" .* has the sizes 3 and 4 .*\[2, 3\] and \[4, 5\]/,
      ],
      ['ij->k', [[2, 3]], /"k" of the output .* is in no input/],
      ['ij->ii', [[2, 3]], /names an axis twice/],
      ['i->j->i', [[2]], /more than one "->"/],
      ['i*->i', [[2, 3]], /"i\*" .* is not made of letters/],
    ] as const)('refuse %s of %j', (equation, shapes, message) => {
      tf.tidy(() => {
        const tensors = shapes.map((shape) => tf.ones([...shape]));
        expect(() => tf.einsum(equation, ...tensors)).toThrow(message);
      });
    });
  });
}
