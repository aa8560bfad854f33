/** Search in whole pages. TypeDoc itself searches names, docstrings and documents; this adds the READMEs of packages. */
import { Renderer } from 'typedoc';

const textOf = (parts = []) => parts.map(({ text }) => text).join('');

export function searchReadmes({ renderer }) {
  renderer.on(Renderer.EVENT_PREPARE_INDEX, (event) => {
    event.searchFieldWeights.readme = 1;
    event.searchResults.forEach((reflection, index) => {
      event.searchFields[index].readme = textOf(reflection.readme);
    });
  });
}
