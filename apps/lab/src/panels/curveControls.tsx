/** How the curves are looked at, and their files. */
import { t } from '../messages/language.js';
import { savePicture } from '../plots/picture.js';
import { saveCurves } from '../state/curvesFile.js';
import { isLogarithmic, smoothing, smoothings, zoom } from '../state/curveView.js';
import type { RunRecord } from '../state/runRecord.js';
import { runName } from './runName.js';

export function CurveControls({ shown }: { shown: readonly RunRecord[] }) {
  const texts = t.value.curves;
  const named = () => shown.map((run) => ({ ...run, name: runName(run, t.value) }));
  return (
    <div class="curve-controls">
      <label>
        {texts.smoothing}
        <select
          class="short"
          value={String(smoothing.value)}
          onChange={({ currentTarget }) => {
            smoothing.value = Number(currentTarget.value);
          }}
        >
          {smoothings.map((weight) => (
            <option key={weight} value={weight}>
              {weight === '0' ? texts.none : weight}
            </option>
          ))}
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={isLogarithmic.value}
          onChange={({ currentTarget }) => {
            isLogarithmic.value = currentTarget.checked;
          }}
        />
        {texts.logarithmic}
      </label>
      <span class="buttons">
        <button
          type="button"
          disabled={zoom.value === undefined}
          onClick={() => {
            zoom.value = undefined;
          }}
        >
          {texts.all}
        </button>
        <button type="button" disabled={shown.length === 0} onClick={() => saveCurves(named())}>
          {texts.saveTable}
        </button>
        <button
          type="button"
          disabled={shown.length === 0}
          onClick={({ currentTarget }) => void savePicture(currentTarget.closest('section')!, named())}
        >
          {texts.savePicture}
        </button>
      </span>
    </div>
  );
}
