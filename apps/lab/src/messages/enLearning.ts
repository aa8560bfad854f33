/** The texts of what explains normalization, in English. */

export const enLearning = {
  signal: {
    title: 'Signal and gradient',
    hint:
      'A layer learns from how images differ, by the gradient that comes back through the layers behind it. A sigmoid passes ' +
      'on at most a quarter of either, even where it is steepest. So the deviation between images shrinks from layer to layer, ' +
      'and the gradient on its way back, unless a normalization restores them. Both are measured on a training batch.',
    empty: 'Start a run to see them.',
    moment: 'Per layer',
    moments: { start: 'before the first step', now: 'now' },
    layer: 'Over time',
    layers: { conv1: 'conv 1', conv2: 'conv 2', fc1: 'dense 1', fc2: 'dense 2', fc3: 'dense 3' },
    deviations: 'Deviation between images',
    gradients: 'Gradient norm',
    byLayer: (what: string, moment: string) => `${what}, ${moment}`,
    byTime: (what: string, layer: string) => `${what}, ${layer}`,
    values: (run: string, values: string) => `${run}: ${values}`,
    noActivation: 'Nothing goes into a sigmoid here: this is the last layer.',
    table: 'The measurements as a table',
  },
};
