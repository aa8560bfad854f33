/** Where a test run leaves a column for the page. */
import type { Column } from '../table/columns.js';

export function fileNameOf({ backend, isOurs }: Column): string {
  return `reports/gradients-${backend}-${isOurs ? 'bn' : 'tfjs'}.json`;
}
