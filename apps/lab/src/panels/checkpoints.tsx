/** Loads checkpoints; each run's own are saved from the list of runs. */
import { t } from '../messages/language.js';
import { loadCheckpoint } from '../state/checkpoints.js';
import { dataset, worker } from '../state/page.js';
import { FileButton } from './fileButton.js';
import { Panel } from './panel.js';

export function CheckpointPanel() {
  const { title, hint, load } = t.value.checkpoints;
  return (
    <Panel id="checkpoints" title={title} hint={hint}>
      <FileButton
        label={load}
        accept=".safetensors"
        disabled={worker.value !== 'ready' || dataset.value === undefined}
        onFiles={([file]) => void loadCheckpoint(file!)}
      />
    </Panel>
  );
}
