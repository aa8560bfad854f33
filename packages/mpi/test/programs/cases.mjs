/**
 * What the members of a group compute together, one case after the other, told by each member.
 *
 *     cases.mjs <members> <case>...
 *
 * A case is `<file of cases/>:<backend>:<threads>` and perhaps parameters, such as `training:cpu:1:12`. Its file has `together`, whose
 * result is told by this name. With `alone`, rank 0 does the same when it has left the group, and tells it as `whole`.
 */
import { hostname } from 'node:os';
import { startMpi } from '@bn/mpi';
import { startBackend } from './startBackend.mjs';
import { tell } from './tell.mjs';

const [size, ...names] = process.argv.slice(2);
const cases = await Promise.all(
  names.map(async (name) => {
    const [file, backend, threads, ...parameters] = name.split(':');
    const { together, alone } = await import(`./cases/${file}.mjs`);
    const start = () => startBackend(backend, Number(threads));
    return { name, start, together, alone, parameters };
  }),
);

const group = await startMpi({ size: Number(size) });
const { rank } = group;
const told = {};
for (const { name, start, together, parameters } of cases) {
  const checkThreads = await start();
  told[name] = await together(group, ...parameters);
  checkThreads();
}
group.finalize();

const whole = {};
for (const { name, start, alone, parameters } of cases) {
  if (rank !== 0 || !alone) continue;
  await start();
  whole[name] = await alone(...parameters);
}
tell({ rank, host: hostname(), told, whole });
