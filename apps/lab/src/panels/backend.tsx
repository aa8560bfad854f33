/** The choice of the backend, at any time. */

import { backendNames } from '@bn/backends';
import { t } from '../messages/language.js';
import type { BackendAvailability } from '../protocol.js';
import { backend, backends, swappingTo, worker } from '../state/page.js';
import { swap } from '../state/session.js';
import { Panel } from './panel.js';

export function BackendPanel() {
  const { title, hint, swapping } = t.value.backend;
  const known = backends.value.length > 0 ? backends.value : backendNames.map((name) => ({ name }));
  return (
    <Panel id="backend" title={title} hint={hint}>
      <fieldset class="choices" disabled={worker.value !== 'ready' || swappingTo.value !== undefined}>
        <legend class="visually-hidden">{title}</legend>
        {known.map(choice)}
      </fieldset>
      <p class="hint" role="status">
        {swappingTo.value && swapping(swappingTo.value)}
      </p>
    </Panel>
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
