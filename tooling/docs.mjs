/**
 * npm run docs [-- --serve]: builds the documentation site into apps/docs/dist; with --serve [--port <n>], shows it on
 * this machine.
 */
import { join } from 'node:path';
import { install, turbo } from './setup.mjs';
import { root } from './workspace.mjs';

const PORT = 4000;
const site = join(root, 'apps/docs/dist');

install();
if (!turbo(['build', '--filter=@bn/docs'], { quiet: true })) process.exit(1);
console.log(join(site, 'index.html'));
if (process.argv.includes('--serve')) {
  // Needs what is installed only now.
  const { isolationHeaders } = await import('./browser.mjs');
  const { docsPolicy } = await import('./docsPolicy.mjs');
  const { PortError, serveFolder } = await import('./serve.mjs');
  try {
    const { url } = await serveFolder({
      folder: site,
      port: portIn(process.argv),
      policy: docsPolicy(site),
      // The lab's threads share memory.
      headers: isolationHeaders,
    });
    console.log(`${url} (Ctrl-C ends it)`);
  } catch (error) {
    if (!(error instanceof PortError)) throw error;
    console.error(`error: ${error.message}`);
    process.exitCode = 2;
  }
}

/** What stands behind --port. */
function portIn(parameters) {
  const at = parameters.indexOf('--port');
  if (at < 0) return PORT;
  const text = parameters[at + 1];
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  console.error(`error: --port: expected a number from 0 to 65535, got '${text}'`);
  process.exit(2);
}
