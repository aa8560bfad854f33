/** Says which run was removed last, and offers to bring it back. */
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../messages/language.js';
import { lastRemoved, undoRemoval } from '../state/removal.js';
import { runName } from './runName.js';

export function RemovedRun() {
  const { removed, undo } = t.value.runs;
  const run = lastRemoved.value;
  const button = useRef<HTMLButtonElement>(null);
  // The button that removed the run is gone, and took the keyboard's place on the page with it.
  useEffect(() => {
    if (document.activeElement === document.body) button.current?.focus();
  }, [run]);
  return (
    <div role="status" class="removed-place">
      {run && (
        <p class="removed">
          {removed(runName(run, t.value))}
          <button type="button" ref={button} onClick={() => void undoRemoval()}>
            {undo}
          </button>
        </p>
      )}
    </div>
  );
}
