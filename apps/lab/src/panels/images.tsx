/** What the run makes of test images, wrong ones first. */

import { pixelsPerImage } from '@bn/lenet';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { t } from '../messages/language.js';
import { percent } from '../messages/numbers.js';
import { namesOfClasses } from '../state/namesOfClasses.js';
import { activeId, dataset, predictions, worker } from '../state/page.js';
import { isWrong, type JudgedPrediction, rank } from '../state/ranking.js';
import { refreshPredictions } from '../state/views.js';
import { GreyImage } from './greyImage.js';
import { Panel } from './panel.js';

const atFirst = 24;

export function ImagesPanel() {
  const texts = t.value.images;
  const shown = useSignal(atFirst);
  const sample = predictions.value;
  const data = dataset.value;
  const ranked = useMemo(() => (sample && data ? rank(sample, data.sampleLabels) : []), [sample, data]);
  const wrong = ranked.filter(isWrong).length;
  const refresh = (
    <button
      type="button"
      disabled={worker.value !== 'ready' || activeId.value === undefined}
      onClick={refreshPredictions}
    >
      {texts.refresh}
    </button>
  );
  return (
    <Panel
      id="images"
      title={texts.title}
      actions={refresh}
      {...(ranked.length > 0 && { hint: texts.hint(wrong, ranked.length) })}
    >
      {ranked.length === 0 && <p class="empty">{texts.empty}</p>}
      <ul class="images">
        {ranked.slice(0, shown.value).map((prediction) => (
          <TestImage key={prediction.index} prediction={prediction} pixels={data!.samplePixels} />
        ))}
      </ul>
      {ranked.length > shown.value && (
        <button
          type="button"
          onClick={() => {
            shown.value += atFirst;
          }}
        >
          {texts.more}
        </button>
      )}
    </Panel>
  );
}

function TestImage({ prediction, pixels }: { prediction: JudgedPrediction; pixels: Uint8Array }) {
  const { images: texts } = t.value;
  const classes = namesOfClasses.value;
  const { index, label, predicted, confidence } = prediction;
  const wrong = isWrong(prediction);
  const certainty = percent(confidence, 0);
  // A view that is another object each time would be painted each time.
  const own = useMemo(
    () => pixels.subarray(index * pixelsPerImage, (index + 1) * pixelsPerImage),
    [pixels, index],
  );
  const description = wrong
    ? texts.wrong(classes[predicted]!, certainty, classes[label]!)
    : texts.right(classes[label]!, certainty);
  return (
    <li class={wrong ? 'wrong' : 'right'}>
      <GreyImage pixels={own} label={description} />
      <span aria-hidden="true">
        <span class="verdict">{`${wrong ? '✗' : '✓'} ${classes[predicted]}`}</span>
        <span class="note">{certainty}</span>
        {wrong && <span class="note">{texts.isA(classes[label]!)}</span>}
      </span>
    </li>
  );
}
