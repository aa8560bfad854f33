/** npm run docs [-- --serve]: builds the documentation site into apps/docs/dist; with --serve, shows it on this machine. */
import { createServer } from 'node:http';
import { join } from 'node:path';
import { install, root, turbo } from './setup.mjs';

const PORT = 4000;
const site = join(root, 'apps/docs/dist');

install();
if (!turbo(['build', '--filter=@bn/docs'], { quiet: true })) process.exit(1);
console.log(join(site, 'index.html'));
if (process.argv.includes('--serve')) {
  const { default: sirv } = await import('sirv');
  const serve = sirv(site);
  const server = createServer((request, response) => serve(request, response));
  server.listen(PORT, '127.0.0.1', () => console.log(`http://127.0.0.1:${PORT} (Ctrl-C ends it)`));
}
