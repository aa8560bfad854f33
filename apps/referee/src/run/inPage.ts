/** The page of a contender that runs in a browser: the hash of its address has the contender and the tasks, as JSON. */
import type { Contender } from '../contenders/list.js';
import { start } from '../contenders/start.js';
import { answer } from './answer.js';
import { rendererOf, watchDevices } from './devices.js';

declare global {
  /** Given by whoever opened the page. */
  var printLine: (text: string) => Promise<void>;
  /** Called once, with the failure if there is one. */
  var ended: (failure?: string) => Promise<void>;
}

const [contender, tasks] = JSON.parse(decodeURIComponent(location.hash.slice(1))) as [Contender, number[]];
try {
  const renderer = await rendererOf(contender.backend);
  const loss = watchDevices();
  await answer({ ...(await start(contender)), renderer }, tasks, async (line) => {
    // A lost device computes nothing: neither its errors nor its values are the contender's.
    const lost = await loss();
    if (lost !== undefined) throw new Error(lost);
    await printLine(JSON.stringify(line));
  });
  await ended();
} catch (error) {
  await ended(error instanceof Error ? error.message : String(error));
}
