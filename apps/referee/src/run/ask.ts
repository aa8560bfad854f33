/** Asks contenders, one after the other, each in its place. */
import { type Contender, nameOf } from '../contenders/list.js';
import { type Column, columnOf } from '../matrix/cells.js';
import { outcomeOf, StartError } from './attempts.js';
import type { Places } from './places.js';
import { tasks } from './tasks.js';

/**
 * A column for each contender. If its place is missing, or it does not start there, the column says why.
 *
 * @param log given a line as soon as a contender has been asked
 */
export async function ask(
  contenders: readonly Contender[],
  places: Pick<Places, 'of'>,
  log: (line: string) => void,
): Promise<Column[]> {
  const columns: Column[] = [];
  for (const contender of contenders) {
    const column = await columnFor(contender, places);
    const red = column.cells.filter(({ faults }) => faults.length > 0).length;
    const told = column.notRun ? `not run: ${column.notRun}` : `${column.cells.length} cells, ${red} red`;
    log(`${nameOf(contender)}: ${told}`);
    columns.push(column);
  }
  return columns;
}

async function columnFor(contender: Contender, { of }: Pick<Places, 'of'>): Promise<Column> {
  const notRun = (why: string): Column => ({ contender, versions: {}, cells: [], notRun: why });
  const place = of[contender.runsIn];
  if ('missing' in place) return notRun(place.missing);
  try {
    return columnOf(await outcomeOf(contender, [...tasks.keys()], place.attempt));
  } catch (error) {
    if (error instanceof StartError) return notRun(error.message);
    throw error;
  }
}
