/** The texts of what explains normalization, in English. */

export const enLearning = {
  zScore: {
    title: 'Normalize your own numbers',
    hint: 'Minus the mean, divided by the standard deviation, times gamma, plus beta. Epsilon is 0.00001, as in the network.',
    numbers: 'Numbers',
    bad: (part: string) => `'${part}' is no number from -1e100 to 1e100. Write numbers such as 2, -0.5, 4.`,
    count: (most: number) => `Write 1 to ${most} numbers, with commas or spaces between them.`,
    one: 'Gamma and beta are one number each.',
    moments: (mean: string, deviation: string) => `mean ${mean}, standard deviation ${deviation}`,
    columns: ['x', 'x - mean', 'z = (x - mean) / deviation', 'gamma * z + beta'],
  },
  comparison: {
    title: 'Compare several runs',
    hint: (most: number) =>
      `Tick what to train beside the run above: a run for each combination, ${most} at most.`,
    also: { norms: 'Other normalizations', placements: 'Other placement', batchSizes: 'Other batch sizes' },
    start: (count: number) => (count === 1 ? 'Train this run' : `Train these ${count} runs`),
    tooMany: (count: number, most: number) =>
      `These are ${count} runs, and at most ${most} curves can be told apart. Untick some.`,
  },
  lessons: {
    title: 'Lessons',
    hint: 'Each sets the form by one click, and says what to look for. A lesson is a link.',
    close: 'Close the lesson',
    origin: 'The numbers are from seed 0 with the tenth of Fashion-MNIST that the lab brings, on wasm.',
    unknownInAddress: (list: string) =>
      `The page's address has settings that are unknown or out of range: ${list}. They were left out.`,
    list: {
      none: {
        name: 'Without normalization',
        look:
          'Two runs from the same seed. With batch norm the training loss falls to 0.64 in five epochs. Without, it stays at 2.3, ' +
          'and the test accuracy at 10%: 2.303 = ln 10 is the loss of guessing one of ten classes. Signal and gradient shows ' +
          'why: before the first step, images differ 800 times less in the last sigmoid inputs, and the first layer gets almost ' +
          '800 times less gradient.',
      },
      pairs: {
        name: 'Batches of two',
        look:
          'Batch norm with 16 images in a batch, and with 2. After an epoch the training accuracy is 70% with 16 and below 20% with 2. ' +
          'In the dense layers a feature has two values then: one becomes about -1 and the other about 1, and how large the difference was is lost.',
      },
      group: {
        name: 'Group norm where batch norm fails',
        look:
          'Batches of two again. Group norm takes mean and variance from one image, however large the batch is. After an epoch it ' +
          'has 47% training and 67% test accuracy; batch norm is below 20% and below 30%.',
      },
      rate: {
        name: 'Nine times the learning rate',
        look:
          'Learning rate 8.1. With batch norm the loss of the first epoch is above 4, but in the fifth it is 0.62, with 67% test ' +
          'accuracy. Without, the run still guesses after five epochs: loss 2.32, test accuracy 10%.',
      },
      after: {
        name: 'After the activation',
        look:
          'Batch norm before the sigmoid, and after it. Both learn: in the fifth epoch 77% and 79% of the training images are ' +
          'right. See Signal and gradient: placed after, it does not touch what goes into the first sigmoid, where the deviation ' +
          'between images is 0.12, but restores it for the layers behind: 0.59, 0.85, 1.1.',
      },
      lag: {
        name: 'Statistics that lag behind',
        look:
          'After the first epoch, which is 24 steps, over 70% of the training images are right in the last steps, but only 26.5% of ' +
          'the test images. Training normalizes by the statistics of the batch, the test by running ones, which follow slowly. ' +
          'After the second epoch the test accuracy is 70%.',
      },
      swap: {
        name: 'Swap the backend',
        look:
          'Start the run, and choose another backend while it trains. A dashed line marks the place. The loss goes on as before: ' +
          'weights, running statistics and the order of images are the same. Only the speed changes.',
      },
    },
  },
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
