/** `inNode.js CONTENDER TASKS`, both as JSON: what a contender makes of the tasks, a line for each. */
import type { Contender } from '../contenders/list.js';
import { start } from '../contenders/start.js';
import { answer } from './answer.js';

const [contender, tasks] = process.argv.slice(2).map((text) => JSON.parse(text)) as [Contender, number[]];
await answer(await start(contender), tasks, (line) => process.stdout.write(`${JSON.stringify(line)}\n`));
// Threads would keep the process.
process.exit();
