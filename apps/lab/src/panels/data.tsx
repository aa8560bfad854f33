/** The choice of the images to train on. */
import { t } from '../messages/language.js';
import { bundledDatasets, chosenFiles } from '../state/datasets.js';
import { dataset, notify, worker } from '../state/page.js';
import { changeDataset } from '../state/session.js';
import { FileButton } from './fileButton.js';
import { Panel } from './panel.js';

export function DataPanel() {
  const texts = t.value.data;
  const loaded = dataset.value;
  const names = bundledDatasets.map(({ name }) => name);
  const shown = loaded && !names.includes(loaded.name) ? [...names, loaded.name] : names;
  const waiting = worker.value !== 'ready' || loaded === undefined;
  return (
    <Panel
      id="data"
      title={texts.title}
      hint={loaded ? texts.counts(loaded.trainCount, loaded.testCount) : texts.loading}
    >
      <div class="stack">
        <label>
          <span class="visually-hidden">{texts.label}</span>
          <select value={loaded?.name ?? names[0]!} disabled={waiting} onChange={chooseBundled}>
            {shown.map((name) => (
              <option key={name} value={name}>
                {texts.names[name as keyof typeof texts.names] ?? name}
              </option>
            ))}
          </select>
        </label>
        <FileButton label={texts.choose} multiple disabled={waiting} onFiles={chooseFiles} />
        <p class="hint">{texts.chooseHint}</p>
      </div>
    </Panel>
  );
}

function chooseBundled({ currentTarget }: { currentTarget: HTMLSelectElement }): void {
  const source = bundledDatasets.find(({ name }) => name === currentTarget.value);
  if (source) void changeDataset(source);
}

function chooseFiles(files: readonly File[]): void {
  const source = chosenFiles(files);
  if ('missing' in source) {
    notify({ tone: 'error', text: (texts) => texts.data.missingFiles(source.missing.join(texts.comma)) });
  } else {
    void changeDataset(source);
  }
}
