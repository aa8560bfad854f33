/** The group that this process is a member of, for layers that are to be synchronized without being told with whom. */
import { checkReducer } from './checkReducer.js';
import type { Reducer } from './reducer.js';

let current: Reducer | undefined;

/**
 * Makes a group the one of this process: layers of @bn/layers with `synchronized: true` then take their statistics over it. For
 * packages that start a group; `undefined` leaves it. Layers with a reducer do not ask for it.
 *
 * @throws OptionError for something that is no reducer.
 */
export function joinGroup(reducer: Reducer | undefined): void {
  current = checkReducer('joinGroup', reducer);
}

/** The group that was joined last, if it was not left. */
export const currentGroup = (): Reducer | undefined => current;
