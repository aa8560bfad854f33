/** Draw something and see what the network takes it for. */
import { t } from '../messages/language.js';
import { percent } from '../messages/numbers.js';
import { answer, drawing, isBlank, openPicture, takeTestImage } from '../state/classification.js';
import { blank } from '../state/drawing.js';
import { namesOfClasses } from '../state/namesOfClasses.js';
import { activeId, dataset } from '../state/page.js';
import { DrawingBoard } from './drawingBoard.js';
import { FileButton } from './fileButton.js';
import { Panel } from './panel.js';

export function DrawPanel() {
  const texts = t.value.draw;
  return (
    <Panel id="draw" title={texts.title} hint={texts.hint}>
      <div class="draw">
        <div class="stack">
          <DrawingBoard />
          <div class="buttons">
            <button
              type="button"
              onClick={() => {
                drawing.value = blank();
              }}
            >
              {texts.clear}
            </button>
            <button type="button" disabled={dataset.value === undefined} onClick={takeTestImage}>
              {texts.sample}
            </button>
            <FileButton
              label={texts.upload}
              accept="image/png"
              onFiles={([file]) => void openPicture(file!)}
            />
          </div>
        </div>
        <Answer />
      </div>
    </Panel>
  );
}

function Answer() {
  const { draw: texts, comma } = t.value;
  const classes = namesOfClasses.value;
  const values = answer.value;
  if (values === undefined) {
    const text = activeId.value === undefined ? texts.noModel : isBlank.value ? texts.empty : '…';
    return <p class="empty">{text}</p>;
  }
  const best = values[0]!.label;
  const shares = Object.fromEntries(values.map(({ label, confidence }) => [label, confidence]));
  return (
    <div class="answer">
      <h3>{texts.result}</h3>
      <p class="visually-hidden" role="status">
        {`${classes[best]}${comma}${percent(shares[best]!, 0)}`}
      </p>
      <ol>
        {classes.map((name, kind) => (
          <li key={name} class={kind === best ? 'best' : undefined}>
            <span>{name}</span>
            <span class="bar" aria-hidden="true">
              <span class="bar-fill" style={{ width: `${shares[kind]! * 100}%` }} />
            </span>
            <span class="number">{percent(shares[kind]!)}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
