/** Puts the page of the LeNet lab, which is built, into the site. */
import { cpSync } from 'node:fs';

const apps = new URL('../../', import.meta.url);
cpSync(new URL('lab/dist', apps), new URL('docs/dist/lab', apps), { recursive: true });
