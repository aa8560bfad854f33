import type { OperationName } from '@bn/conformance/golden';
import type { Contender, WayName } from '../contenders/list.js';
import { type Fault, sizesLeftOut } from '../matrix/cells.js';

/** A program that shows a cause of red cells, as one can send it to the project. */
export interface Reproduction {
  readonly way: WayName;
  /** What it shows. */
  readonly title: string;
  readonly kind: Fault['kind'];
  /** Of which operations; of all if there are none. */
  readonly operations?: readonly OperationName[];
  /** The line that it prints, for each backend that shows the fault. If it refuses or crashes, that is in the message of the fault. */
  readonly prints: Readonly<Record<string, string>>;
  /** An ES module, which prints one line; its comment says which. */
  readonly code: (backend: string, prints: string) => string;
}

/** The backends that show the fault; the first is that of the page's program. */
export const backendsOf = ({ prints }: Reproduction): string[] => Object.keys(prints);

export const codeOn = ({ code, prints }: Reproduction, backend: string): string =>
  code(backend, prints[backend]!);

/** Whether a program shows why a fault of a contender is there. */
export function explains(
  { way, kind, operations, prints }: Reproduction,
  contender: Contender,
  fault: Fault,
  operation: OperationName,
): boolean {
  const printed = prints[contender.backend];
  return (
    way === contender.way &&
    kind === fault.kind &&
    printed !== undefined &&
    (operations?.includes(operation) ?? true) &&
    (kind === 'wrong' || fault.message.includes(sizesLeftOut(printed)))
  );
}
