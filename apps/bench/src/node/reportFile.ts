/** The HTML report beside a result. */
import { reportAsHtml } from '../report/html.js';
import type { BenchResult } from '../results/result.js';
import { writeText } from './resultFile.js';

export const reportPath = (resultPath: string): string => `${resultPath.replace(/\.json$/, '')}.html`;

export const writeReport = async (path: string, result: BenchResult): Promise<void> =>
  writeText(path, await reportAsHtml(result));
