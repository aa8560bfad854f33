/** Checks commands without running them: what they name has to be there. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { publishedFolders, root, workspaceFolders } from '@bn/tooling/workspace';
import type { Block } from './blocks.js';

interface Manifest {
  readonly name: string;
  readonly version?: string;
  readonly repository?: { readonly url: string };
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

const workspace = [root, ...workspaceFolders()].map((folder) => ({ folder, ...readManifest(folder) }));
/** Every package that anything here is or depends on. */
const knownPackages = new Set(
  workspace.flatMap(({ name, dependencies, devDependencies }) => [
    name,
    ...Object.keys({ ...dependencies, ...devDependencies }),
  ]),
);

/** The files that `npm run pack` writes. */
const tarballs = new Set(
  publishedFolders()
    .map(readManifest)
    .map(({ name, version }) => `../bn/packed/${name.replace('@', '').replace('/', '-')}-${version}.tgz`),
);
/** Where a checkout comes from, and the folder that git makes of it. */
const repository = workspace[0]!.repository!.url.replace('git+', '');
const checkout = basename(repository, '.git');

/** What is wrong with the commands of a block. */
export function problemsOf({ page, code }: Block): string[] {
  let folder = join(root, page, '..');
  const aliases = new Map<string, string>();
  return code
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .flatMap((written) => {
      const line = written.replace(/\s#.*$/, '').trim();
      const [, alias, meaning] = /^alias (\w+)='(.*)'$/.exec(line) ?? [];
      if (alias) aliases.set(alias, meaning!);
      if (line === '' || alias) return [];
      const [first, ...others] = line.split(/\s+/);
      const words = [...(aliases.get(first!)?.split(' ') ?? [first!]), ...others];
      if (first === 'cd') folder = others[0] === checkout ? root : join(root, others[0]!);
      const problem = problemOf(words, folder);
      return problem ? [`${line}: ${problem}`] : [];
    });
}

/** @param folder Where the command is given; READMEs also name files from the root. */
function problemOf([command, ...words]: string[], folder: string): string | undefined {
  const isThere = (path: string) => [folder, root].some((base) => existsSync(join(base, path)));
  switch (command) {
    case 'cd':
      return existsSync(folder) ? undefined : 'there is no such folder';
    case 'git':
      return words.join(' ') === `clone ${repository}` ? undefined : `is not 'git clone ${repository}'`;
    case 'npm':
      if (words[0] === 'init' || words[0] === 'pkg') return undefined;
      if (words[0] === 'install') return unknownPackages(words.slice(1));
      if (words[0] === '--prefix') return missingScript(join(root, words[1]!), words.slice(2));
      return missingScript(root, words) ?? unknownOptionsOfScript(words);
    case 'npx':
      return isThere(`node_modules/.bin/${words[0]}`) ? undefined : 'is not installed';
    case 'python3':
      return isThere(words[0]!) ? undefined : 'there is no such file';
    case 'node':
      if (!isThere(words[0]!)) return 'there is no such file';
      return /\/dist\/main\.js$/.test(words[0]!) ? unknownOptions(words) : undefined;
    case 'mpirun':
      return words.includes('node')
        ? problemOf(words.slice(words.indexOf('node')), folder)
        : 'starts no node';
    default:
      return 'no check for this command: add one to apps/docs/src/checkCommands.ts';
  }
}

/** The programs that scripts of the root start. */
const programs: Readonly<Record<string, string>> = { train: 'apps/lenet/dist/main.js' };

function unknownOptionsOfScript([run, script, dashes, ...words]: string[]): string | undefined {
  const program = run === 'run' && dashes === '--' ? programs[script!] : undefined;
  return program && unknownOptions([program, ...words]);
}

/** Options that the program's own --help does not tell of. */
function unknownOptions([program, ...words]: string[]): string | undefined {
  const command = words[0]?.startsWith('--') ? [] : words.slice(0, 1);
  const args = [join(root, program!), ...command, '--help'];
  const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) return `${args.join(' ')} failed`;
  const unknown = words.filter((word) => word.startsWith('--') && !stdout.includes(word));
  return unknown.length > 0 ? `${unknown.join(', ')} is not in its --help` : undefined;
}

function missingScript(folder: string | undefined, words: string[]): string | undefined {
  const script = words[0] === 'run' ? words[1]! : words[0]!;
  const { scripts = {} } = workspace.find((candidate) => candidate.folder === folder) ?? {};
  return script in scripts ? undefined : `there is no script '${script}'`;
}

function unknownPackages(words: string[]): string | undefined {
  const unknown = words.filter((word) => !knownPackages.has(word) && !tarballs.has(word));
  return unknown.length > 0 ? `nothing here knows ${unknown.join(', ')}` : undefined;
}
