/** Puts the page of the LeNet lab, which is built, into the site. Its link to the documentation leads to the site's own page. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';

const apps = new URL('../../', import.meta.url);
const lab = new URL('docs/dist/lab/', apps);
cpSync(new URL('lab/dist', apps), lab, { recursive: true });

const page = new URL('index.html', lab);
const html = readFileSync(page, 'utf8');
const linked = html.replace(/(<link rel="help" href=")[^"]+/, '$1../documents/The_LeNet_lab.html');
if (linked === html) throw new Error('expected a link to the documentation in the page of the lab');
writeFileSync(page, linked);
