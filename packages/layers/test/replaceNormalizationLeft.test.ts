/** What replaceNormalization leaves as it is, and what it refuses. */
import { DisposedError, OptionError } from '@bn/core';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  GroupNormalization,
  LayerNormalization,
  type NormalizationKind,
  replaceNormalization,
} from '../src/index.js';
import { chain, ours, randomize } from './support/folding.js';
import { testsInScope } from './support/scope.js';
import { dense, input } from './support/wholeModels.js';

testsInScope('cpu');

describe('a layer stays', () => {
  class MyGroupNorm extends GroupNormalization {
    static override readonly className = 'MyGroupNorm';
  }
  class Around extends tf.layers.Layer {
    static readonly className = 'Around';
    readonly layer = chain(dense(input), ours());
  }
  const cases: Record<string, [() => tf.LayersModel, NormalizationKind, RegExp]> = {
    'in a wrapper that is not known': [
      () => chain(new Around(input)),
      'layer',
      /^it is inside of a wrapper that is copied as a whole$/,
    ],
    'that is one already': [() => chain(ours(input)), 'batch', /^it is a BatchNormalization already$/],
    'of features, for instance normalization': [
      () => chain(ours({ inputShape: [8] })),
      'instance',
      /^its input has the shape \[any, 8\], of which instance normalization would normalize single values$/,
    ],
    'in TimeDistributed of features, for instance normalization': [
      () => chain(tf.layers.timeDistributed({ layer: ours({ name: 'inner' }), name: 'steps', ...input })),
      'instance',
      /^its input has the shape \[any, 3\]/,
    ],
    'of one channel, for layer normalization': [
      () => chain(ours({ inputShape: [8, 1] })),
      'layer',
      /single values/,
    ],
    'of which the formula is not known': [
      () => chain(new MyGroupNorm({ groups: 1, ...input })),
      'batch',
      /^it is a MyGroupNorm, neither of @bn\/layers nor of tf.layers/,
    ],
    'whose channels are not known': [
      () => chain(new LayerNormalization({ axis: [1, 2], inputShape: [4, 3, 2] })),
      'group',
      /^it normalizes over the axes 1,2, of which none is known/,
    ],
    'of tf.layers whose axes are not in order': [
      () => chain(tf.layers.layerNormalization({ axis: [2, 1], inputShape: [3, 3] })),
      'layer',
      /^its axes 2,1 are not in order/,
    ],
  };
  it.each(Object.entries(cases))('%s', (_, [make, kind, reason]) => {
    const model = make();
    randomize(model);
    const { replaced, left } = replaceNormalization(model, kind, kind === 'group' ? { groups: 1 } : {});
    expect(replaced).toEqual([]);
    expect(left).toEqual([
      { layer: expect.stringContaining(model.layers[0]!.name), reason: expect.stringMatching(reason) },
    ]);
  });
});

describe('replaceNormalization refuses', () => {
  const model = () => chain(ours({ ...input, name: 'bn' }));
  const refused = (message: RegExp, kind: unknown, options: object = {}, given: tf.LayersModel = model()) => {
    const run = () => replaceNormalization(given, kind as NormalizationKind, options);
    expect(run).toThrow(OptionError);
    expect(run).toThrow(message);
  };

  it('another normalization, other options, and options of another one', () => {
    refused(
      /^replaceNormalization: to must be one of batch, group, instance, layer, rms, got weight$/,
      'weight',
    );
    refused(/axes/, 'group', { axes: 1 });
    refused(/groups/, 'layer', { groups: 2 });
    refused(/momentum/, 'group', { momentum: 0.5 });
    refused(
      /^replaceNormalization: only must be a function of a layer's name and kind, got object$/,
      'layer',
      {
        only: ['bn'],
      },
    );
  });

  it('groups that do not divide the channels, by the name of the layer', () => {
    refused(
      /^replaceNormalization: groups must be a positive number that divides the 3 channels of layer 'bn', got 32;/,
      'group',
    );
    refused(/got 0;/, 'group', { groups: 0 });
  });

  it('what the new layer refuses, by the name of the layer', () => {
    refused(/^replaceNormalization: layer 'bn' cannot be replaced: .*epsilon/, 'layer', { epsilon: -1 });
  });

  it('what is no model', () => {
    refused(/model must be a LayersModel/, 'group', {}, ours(input) as unknown as tf.LayersModel);
    const disposed = model();
    disposed.dispose();
    expect(() => replaceNormalization(disposed, 'layer')).toThrow(DisposedError);
  });
});
