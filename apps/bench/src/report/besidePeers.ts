/** Beside native peers: the geometric mean and the worst of each kind of work. */
import { caseTitle } from '../grid/cases.js';
import { contenderLabel, labelOnBackend } from '../grid/contenders.js';
import { operations, phaseTitles } from '../grid/operations.js';
import { dataFormatTitles, shapeText } from '../grid/shapes.js';
import { groupedBy } from '../grouping.js';
import type { BenchResult, Row } from '../results/result.js';
import { rowsOf, type Standing, standingOf, standingsOf } from '../results/verdict.js';
import { significant, times } from './format.js';
import { inOrder } from './order.js';
import { empty, type Table, type TableCell, type TableRow, textCells } from './table.js';

export function besidePeers(result: BenchResult): Table {
  const pairs = groupedBy(
    standingsOf(result).filter(({ peer }) => peer.backend === 'native'),
    ({ ours, peer }) => `${ours.id} ${peer.id}`,
  );
  const columns = [...pairs.values()].map(([first]) => first!);
  const rowsFor = (use: Standing['use']): TableRow[] => {
    const groups = groupedBy(inOrder(rowsOf(result, use)), kindOf);
    const all: [string, Row[]] = [`All ${use}`, [...groups.values()].flat()];
    return [...(groups.size > 1 ? [...groups, all] : groups)].map(([title, rows]) => ({
      title,
      cells: columns.map(({ ours, peer }) => cell(standingOf(use, ours, peer, rows)[0])),
    }));
  };
  return {
    title: 'Geometric mean and worst case, times our time',
    columns: columns.map(({ ours, peer }) => `${labelOnBackend(peer)} beside ${labelOnBackend(ours)}`),
    rows: [...rowsFor('training'), ...rowsFor('inference')].filter(({ cells }) =>
      cells.some((one) => one !== empty),
    ),
  };
}

/** What is counted together: an operation in a phase and a data format. */
function kindOf({ operation, phase, shape, dataFormat }: Row): string {
  const format = dataFormat ? dataFormatTitles[dataFormat] : shape.length === 2 ? '[N, C]' : '';
  return [operations[operation].title, phaseTitles[phase], format].filter(Boolean).join(' ');
}

function cell(standing: Standing | undefined): TableCell {
  if (!standing) return empty;
  const { cases, geometricMean } = standing;
  const worst = cases[0]!;
  const many = cases.length > 1 ? `, worst ${times(worst.ratio)} (${shapeText(worst.row.shape)})` : '';
  return { text: `${times(geometricMean)}${many}`, peerWins: geometricMean < 1 };
}

/** Every figure where something else is faster than ours. */
export function peerWins(result: BenchResult): Table {
  const losses = standingsOf(result).flatMap(({ ours, peer, cases }) =>
    cases.filter(({ ratio }) => ratio < 1).map((one) => ({ ...one, ours, peer })),
  );
  return {
    title: 'Where a peer wins',
    columns: ['peer', 'ms', 'ours', 'ms', 'times ours'],
    rows: losses.map(({ row, ratio, ours, peer }) => {
      const milliseconds = (id: string) => significant(row.cells[id]!.median!);
      const texts = [
        contenderLabel(peer),
        milliseconds(peer.id),
        contenderLabel(ours),
        milliseconds(ours.id),
        times(ratio),
      ];
      return { title: caseTitle(row), cells: textCells(texts) };
    }),
  };
}
