/** A table of text, which the terminal, Markdown and HTML write each in its own way. */

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly TableRow[];
}

export interface TableRow {
  readonly title: string;
  readonly cells: readonly TableCell[];
}

export interface TableCell {
  readonly text: string;
  /** A peer that beats us is no footnote. */
  readonly peerWins?: boolean;
}

export const empty: TableCell = { text: '-' };

export const textCells = (texts: readonly string[]): TableCell[] => texts.map((text) => ({ text }));
