/** `npm run lab`: serves the page on this machine, or builds it for another server. */
import { resolve } from 'node:path';
import { LenetError } from '@bn/lenet';
import { loadData, parsers } from '@bn/lenet/node';
import { Command, CommanderError } from 'commander';
import openBrowser from 'open';
import { buildLab, defaultFolder, miniDataset } from './build.mjs';
import { prepareBuildFolder } from './buildFolder.mjs';
import { serveLab } from './serve.mjs';

const program = new Command('npm run lab --')
  .description('Serves the LeNet lab: a page that trains in the browser.')
  .option(
    '--dataset <name|folder>',
    'images to offer beside the committed tenth: full, auto or a folder',
    'mini',
  )
  .option(
    '--build <folder>',
    'write the page there, for any file server, instead of serving it',
    parsers.path,
  )
  .option(
    '--port <n>',
    'port to serve on; another free one is taken where it is in use',
    parsers.wholeNumber(1, 65535),
    4173,
  )
  .option('--no-open', 'do not open the browser')
  .showHelpAfterError('Run npm run lab -- --help for all options.')
  .exitOverride();

try {
  await run(program.parse().opts());
} catch (error) {
  process.exitCode = explained(error);
}

/** Prints an error unless commander has; the exit code: 0 for --help, 2 for what cannot be, else 1. */
function explained(error) {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  console.error(error instanceof LenetError ? `error: ${error.message}` : error);
  return error instanceof LenetError ? 2 : 1;
}

async function run({ dataset, build, port, open }) {
  if (build) await prepareBuildFolder(resolve(build));
  const datasets = await datasetsOf(dataset);
  // With other images than the committed ones, the page that the package's build made does not do.
  const folder = build
    ? resolve(build)
    : datasets.length > 1
      ? `${defaultFolder}-${datasets[0].name}`
      : defaultFolder;
  if (folder !== defaultFolder) await buildLab({ outDir: folder, datasets });
  if (build) {
    console.log(
      `wrote ${folder}: serve it with any file server, for example npx vite preview --outDir ${folder}`,
    );
    return;
  }
  const { url } = await serveLab({ folder, port });
  console.log(`the lab is at ${url} (Ctrl-C ends it)`);
  if (open) await openBrowser(url);
}

/** The folders of the images, the chosen ones first. */
async function datasetsOf(choice) {
  if (choice === 'mini') return [miniDataset];
  const { name, path: folder } = await loadData(
    { dataset: choice, quiet: false },
    new AbortController().signal,
  );
  return name === 'mini' ? [miniDataset] : [{ name, path: folder }, miniDataset];
}
