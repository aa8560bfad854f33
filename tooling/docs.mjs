/**
 * npm run docs [-- --serve]: builds the documentation site into apps/docs/dist; with --serve [--port <n>], shows it on
 * this machine.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { install, turbo } from './setup.mjs';
import { root } from './workspace.mjs';

const site = join(root, 'apps/docs/dist');
const { serve, port } = readOptions();

install();
if (!turbo(['build', '--filter=@bn/docs'], { quiet: true })) process.exit(1);
console.log(join(site, 'index.html'));
if (serve) {
  // Needs what is installed only now.
  const { isolationHeaders } = await import('./browser.mjs');
  const { docsPolicy } = await import('./docsPolicy.mjs');
  const { PortError, serveFolder } = await import('./serve.mjs');
  try {
    const { url } = await serveFolder({
      folder: site,
      port,
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

/** Ends the process for an option that there is not, or a port that is none. */
function readOptions() {
  try {
    const options = { serve: { type: 'boolean', default: false }, port: { type: 'string', default: '4000' } };
    const { serve, port } = parseArgs({ options }).values;
    if (/^\d{1,5}$/.test(port) && Number(port) < 65_536) return { serve, port: Number(port) };
    console.error(`error: --port: expected a number from 0 to 65535, got '${port}'`);
  } catch (error) {
    console.error(`error: ${error.message}`);
  }
  process.exit(2);
}
