/** The confusion matrix as a table whose cells are coloured by their share of the row. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { t } from '../messages/language.js';
import { percent, whole } from '../messages/numbers.js';
import type { ConfusionMatrix } from '../protocol.js';
import { namesOfClasses } from '../state/namesOfClasses.js';

export interface Cell {
  /** The true class. */
  readonly label: number;
  readonly predicted: number;
}

interface ConfusionTableProps {
  readonly matrix: ConfusionMatrix;
  readonly kept: Cell | undefined;
  readonly onPoint: (cell: Cell) => void;
  readonly onKeep: (cell: Cell) => void;
}

/** Shares that the legend shows. */
const legendShares = [0, 0.01, 0.05, 0.2, 0.5, 1];

const moves: Record<string, readonly [rows: number, columns: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

export function ConfusionTable({ matrix, kept, onPoint, onKeep }: ConfusionTableProps) {
  const texts = t.value.confusion;
  const names = namesOfClasses.value;
  const table = useRef<HTMLTableElement>(null);
  /** The one cell that the Tab key reaches. */
  const reached = useSignal<Cell>({ label: 0, predicted: 0 });

  const onKeyDown = (event: KeyboardEvent, { label, predicted }: Cell) => {
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const within = (place: number) => Math.min(matrix.length - 1, Math.max(0, place));
    const [row, column] = [within(label + move[0]), within(predicted + move[1])];
    table.current!.querySelector<HTMLElement>(`[data-cell="${row} ${column}"]`)!.focus();
  };

  return (
    <div class="confusion-view">
      <table ref={table} class="confusion-table">
        <caption class="visually-hidden">{texts.title}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.trueClass}</th>
            <th scope="colgroup" colSpan={names.length}>
              {texts.predictedClass}
            </th>
          </tr>
          <tr>
            <td />
            {names.map((name) => (
              <th key={name} scope="col">
                <span class="column-name">{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.map((counts, label) => {
            const total = counts.reduce((sum, count) => sum + count, 0);
            return (
              <tr key={names[label]}>
                <th scope="row">{names[label]}</th>
                {counts.map((count, predicted) => {
                  const cell = { label, predicted };
                  const share = total === 0 ? 0 : count / total;
                  const isReached = reached.value.label === label && reached.value.predicted === predicted;
                  const point = () => onPoint(cell);
                  return (
                    <td key={names[predicted]}>
                      <button
                        type="button"
                        data-cell={`${label} ${predicted}`}
                        class={label === predicted ? 'right' : undefined}
                        style={{ background: heat(share) }}
                        tabIndex={isReached ? 0 : -1}
                        aria-pressed={kept?.label === label && kept.predicted === predicted}
                        onPointerMove={point}
                        onFocus={() => {
                          reached.value = cell;
                          point();
                        }}
                        onClick={() => onKeep(cell)}
                        onKeyDown={(event) => onKeyDown(event, cell)}
                      >
                        <span class="visually-hidden">{texts.cell(names[label]!, names[predicted]!)}</span>
                        <span class={count === 0 ? 'visually-hidden' : undefined}>{whole(count)}</span>
                        {count > 0 && <span class="share">{percent(share, 0)}</span>}
                      </button>
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
      <p class="heat-legend">
        {texts.shares}
        {legendShares.map((share) => (
          <span key={share} style={{ background: heat(share) }}>
            {percent(share, 0)}
          </span>
        ))}
      </p>
    </div>
  );
}

/** By the root of the share, so that few wrong ones are seen beside many right ones. */
const heat = (share: number): string =>
  `color-mix(in srgb, var(--heat) ${(100 * Math.sqrt(share)).toFixed(1)}%, var(--panel))`;
