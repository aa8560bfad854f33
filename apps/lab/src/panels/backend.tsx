/** The choice of the backend, at any time. */

import { backendNames } from '@bn/backends';
import { t } from '../messages/language.js';
import type { BackendAvailability } from '../protocol.js';
import { backend, backends, swappingTo, worker } from '../state/page.js';
import { changeThreads, swap } from '../state/session.js';
import { isIsolated, threadCounts, threads } from '../state/threads.js';
import { Panel } from './panel.js';

export function BackendPanel() {
  const { title, hint, swapping } = t.value.backend;
  const known = backends.value.length > 0 ? backends.value : backendNames.map((name) => ({ name }));
  return (
    <Panel id="backend" title={title} hint={hint}>
      <fieldset class="choices" disabled={worker.value !== 'ready' || swappingTo.value !== undefined}>
        <legend class="visually-hidden">{title}</legend>
        {known.map(choice)}
        {isIsolated ? <Threads /> : <p class="hint">{t.value.backend.notIsolated}</p>}
      </fieldset>
      <p class="hint" role="status">
        {swappingTo.value && swapping(swappingTo.value)}
      </p>
    </Panel>
  );
}

function Threads() {
  return (
    <label class="choice">
      {t.value.backend.threads}
      <select
        class="short"
        value={threads.value}
        onChange={({ currentTarget }) => void changeThreads(Number(currentTarget.value))}
      >
        {threadCounts.map((count) => (
          <option key={count} value={count}>
            {count}
          </option>
        ))}
      </select>
    </label>
  );
}

function choice({ name, missing, software }: BackendAvailability) {
  const texts = t.value.backend;
  const note = missing ? texts.missing(missing) : software ? texts.software(software) : texts.notes[name];
  return (
    <label key={name} class="choice">
      <input
        type="radio"
        name="backend"
        value={name}
        checked={(swappingTo.value ?? backend.value) === name}
        disabled={missing !== undefined}
        onChange={() => void swap(name)}
      />
      <span>
        <strong>{texts.names[name]}</strong> <span class="note">{note}</span>
      </span>
    </label>
  );
}
