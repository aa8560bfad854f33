import type { WayName } from '../contenders/list.js';
import type { Fault } from '../matrix/cells.js';

/** A program that shows a cause of red cells, as one can send it to the project. */
export interface Reproduction {
  readonly way: WayName;
  /** What it shows. */
  readonly title: string;
  readonly kind: Fault['kind'];
  /** In the messages of the faults that it explains, one for each backend; of wrong values there are none. */
  readonly messages?: readonly string[];
  /** An ES module for Node. What it prints stands in its comments. */
  readonly code: string;
}

/** Whether a program shows why a fault of a contender is there. */
export const explains = ({ kind, messages }: Reproduction, fault: Fault): boolean =>
  kind === fault.kind && (messages?.some((message) => fault.message.includes(message)) ?? true);
