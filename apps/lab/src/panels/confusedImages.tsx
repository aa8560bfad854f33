/** Some of the test images that a cell of the confusion matrix counts. */
import { pixelsPerImage } from '@bn/lenet';
import { useMemo } from 'preact/hooks';
import { t } from '../messages/language.js';
import { whole } from '../messages/numbers.js';
import type { DatasetSummary } from '../protocol.js';
import { namesOfClasses } from '../state/namesOfClasses.js';
import type { Cell } from './confusionTable.js';
import { GreyImage } from './greyImage.js';

const most = 12;

interface ConfusedImagesProps {
  readonly cell: Cell | undefined;
  readonly predicted: Uint8Array;
  readonly data: DatasetSummary;
}

export function ConfusedImages({ cell, predicted, data }: ConfusedImagesProps) {
  const texts = t.value.confusion;
  if (cell === undefined) return <p class="empty confused">{texts.choose}</p>;
  const names = namesOfClasses.value;
  const [label, taken] = [names[cell.label]!, names[cell.predicted]!];
  const indices = imagesOf(cell, predicted, data.testLabels);
  const shown = indices.slice(0, most);
  return (
    <section class="confused" aria-label={texts.images}>
      <h3>{texts.cellShort(label, taken)}</h3>
      <p class="note">
        {indices.length === 0 ? texts.none : texts.shown(shown.length, whole(indices.length))}
      </p>
      <ul>
        {shown.map((index) => (
          <ConfusedImage key={index} index={index} taken={taken} pixels={data.testPixels} />
        ))}
      </ul>
    </section>
  );
}

function ConfusedImage({ index, taken, pixels }: { index: number; taken: string; pixels: Uint8Array }) {
  // A view that is another object each time would be painted each time.
  const own = useMemo(
    () => pixels.subarray(index * pixelsPerImage, (index + 1) * pixelsPerImage),
    [pixels, index],
  );
  return (
    <li>
      <GreyImage pixels={own} />
      <span>{t.value.confusion.image(index)}</span>
      <span>{taken}</span>
    </li>
  );
}

/** Which test images a cell counts. */
export const imagesOf = ({ label, predicted }: Cell, taken: Uint8Array, labels: Uint8Array): number[] =>
  Array.from(taken.keys()).filter((index) => taken[index] === predicted && labels[index] === label);
