/** A process of a race: tries to lock each folder that it is sent, and says whether it has it. Gives it back when told. */
import { lockFolder } from '../../dist/files/lock.js';

let release;
process.on('message', async ({ folder }) => {
  if (folder === undefined) {
    await release?.();
    release = undefined;
    process.send({ done: true });
    return;
  }
  try {
    release = await lockFolder(folder);
    process.send({ owns: true });
  } catch (error) {
    process.send({ owns: false, message: `${error.name}: ${error.message}` });
  }
});
