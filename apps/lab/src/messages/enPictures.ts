/** The texts of what is seen of classes, filters and feature maps, in English. */

export const enPictures = {
  firstLayers: {
    title: 'Filters and feature maps',
    hint:
      'What the convolutions make of one image, in inference mode. A filter weighs 5×5 pixels: blue weights are negative, ' +
      'orange ones positive. A feature map is what the sigmoid gives at each place: 0 is black, 1 is white. If a map is ' +
      'grey all over, its filter tells no place from another.',
    empty: 'Start a run to see its filters.',
    number: 'Test image',
    next: 'Next image',
    testImage: (index: number, label: string) => `no. ${index}: ${label}`,
    drawing: 'your drawing',
    takeDrawing: 'Your drawing instead',
    stretch: 'Each map from black to white by its own values',
    filters: (layer: string, count: number) => `${layer}: ${count} filters`,
    filter: (number: number, low: string, high: string) => `Filter ${number}: weights from ${low} to ${high}`,
    maps: (layer: string, count: number) => `${layer}: ${count} feature maps`,
    map: (number: number, low: string, high: string) => `Feature map ${number}: from ${low} to ${high}`,
  },
  confusion: {
    title: 'Confusion matrix',
    hint:
      'Of the test images of each class, a row each: how many are taken for which class, and their share of the row. Right ' +
      'ones are on the diagonal. Point at a cell, or go there by arrow keys, to see some of its images; a click keeps them.',
    empty: 'It is shown after the first epoch, and for a trained run that is opened.',
    evaluate: 'Evaluate now',
    summary: (accuracy: string, count: string, epochs: string | undefined) =>
      `Test accuracy ${accuracy} on ${count} test images${epochs ? `, after ${epochs} epochs` : ''}`,
    trueClass: 'True class',
    predictedClass: 'Predicted class',
    cell: (label: string, predicted: string) => `${label}, predicted ${predicted}:`,
    shares: 'Share of the row',
    choose: 'Choose a cell to see some of its images.',
    images: 'Images of the chosen cell',
    cellShort: (label: string, predicted: string) =>
      label === predicted ? `${label}: right` : `${label}, predicted ${predicted}`,
    shown: (shown: number, count: string) => `${shown} of ${count} images, by their number in the test set`,
    none: 'There is no such image.',
    image: (index: number) => `no. ${index}`,
  },
};
