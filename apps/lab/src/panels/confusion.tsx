/** Which classes the run takes for which, on all test images, and some of the images behind each number. */
import { useSignal } from '@preact/signals';
import { t } from '../messages/language.js';
import { epochsText, percent, whole } from '../messages/numbers.js';
import { attempt } from '../state/attempt.js';
import { evaluateActive } from '../state/evaluation.js';
import { activeId, dataset, training, worker } from '../state/page.js';
import { tested } from '../state/tested.js';
import { ConfusedImages } from './confusedImages.js';
import { type Cell, ConfusionTable } from './confusionTable.js';
import { Panel } from './panel.js';

export function ConfusionPanel() {
  const texts = t.value.confusion;
  /** The cell that was pointed at last, and the one that was clicked, which stays. */
  const pointed = useSignal<Cell | undefined>(undefined);
  const kept = useSignal<Cell | undefined>(undefined);
  const result = tested.value;
  const data = dataset.value;
  const evaluate = (
    <button
      type="button"
      disabled={worker.value !== 'ready' || activeId.value === undefined || training.value}
      onClick={() => void attempt(async () => void (await evaluateActive()))}
    >
      {texts.evaluate}
    </button>
  );
  if (result === undefined || data === undefined) {
    return (
      <Panel id="confusion" title={texts.title} actions={evaluate}>
        <p class="empty">{texts.empty}</p>
      </Panel>
    );
  }
  const cell = kept.value ?? pointed.value;
  return (
    <Panel id="confusion" title={texts.title} hint={texts.hint} actions={evaluate}>
      <p>
        {texts.summary(
          percent(result.accuracy),
          whole(data.testCount),
          result.at > 0 ? epochsText(result.at) : undefined,
        )}
      </p>
      <div class="confusion">
        <ConfusionTable
          matrix={result.confusion}
          kept={kept.value}
          onPoint={(next) => {
            // A pointer moves many times within a cell.
            if (!isSame(pointed.value, next)) pointed.value = next;
          }}
          onKeep={(next) => {
            kept.value = isSame(kept.value, next) ? undefined : next;
          }}
        />
        <ConfusedImages cell={cell} predicted={result.predicted} data={data} />
      </div>
    </Panel>
  );
}

const isSame = (one: Cell | undefined, other: Cell): boolean =>
  one?.label === other.label && one.predicted === other.predicted;
