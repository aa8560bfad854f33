/** The image whose feature maps are shown, and the choice of another. */
import { t } from '../messages/language.js';
import { isBlank } from '../state/classification.js';
import { type Example, exampleNumber, takesDrawing } from '../state/firstLayers.js';
import { namesOfClasses } from '../state/namesOfClasses.js';
import { dataset } from '../state/page.js';
import { GreyImage } from './greyImage.js';

export function ExampleChoice({ example: { pixels, test } }: { example: Example }) {
  const texts = t.value.firstLayers;
  const count = dataset.value?.testCount ?? 0;
  return (
    <div class="example">
      <figure>
        <GreyImage pixels={pixels} />
        <figcaption>
          {test ? texts.testImage(test.index, namesOfClasses.value[test.label]!) : texts.drawing}
        </figcaption>
      </figure>
      <div class="stack">
        <label>
          {texts.number}
          <input
            type="number"
            inputMode="numeric"
            min={0}
            max={count - 1}
            step={1}
            value={Number.isNaN(exampleNumber.value) ? '' : exampleNumber.value}
            onInput={({ currentTarget }) => {
              exampleNumber.value = currentTarget.valueAsNumber;
              takesDrawing.value = false;
            }}
          />
        </label>
        <button
          type="button"
          onClick={() => {
            exampleNumber.value = ((test?.index ?? -1) + 1) % count;
            takesDrawing.value = false;
          }}
        >
          {texts.next}
        </button>
        <label class="choice">
          <input
            type="checkbox"
            checked={takesDrawing.value}
            disabled={isBlank.value}
            onChange={({ currentTarget }) => {
              takesDrawing.value = currentTarget.checked;
            }}
          />
          {texts.takeDrawing}
        </label>
      </div>
    </div>
  );
}
