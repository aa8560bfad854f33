import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Gives what a member has computed to the test that started the group. */
export const tell = (values) =>
  writeFileSync(join(process.env.BN_TOLD, `${values.rank}.json`), JSON.stringify(values));
