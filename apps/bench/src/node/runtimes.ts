/** Other Node programs than this process's own, by what they call themselves. */
import { execFile } from 'node:child_process';
import { arch, platform } from 'node:process';
import { promisify } from 'node:util';
import { messageOf, UsageError } from '../errors.js';

const run = promisify(execFile);
/** The first that can run the packages. */
const oldest = 20;

/**
 * @param programs paths of Node, or versions such as `26`: npm has the programs themselves as packages, and keeps what it has
 * fetched
 * @throws UsageError for what is no Node, or too old a one
 */
export async function runtimesOf(programs: readonly string[]): Promise<Map<string, string>> {
  const runtimes = new Map<string, string>();
  for (const program of programs) {
    const path = /^\d+(\.\d+){0,2}$/.test(program) ? await fetched(program) : program;
    runtimes.set(await nameOf(path), path);
  }
  return runtimes;
}

async function fetched(version: string): Promise<string> {
  const system = platform === 'win32' ? 'win' : platform;
  const name = `node-${system}-${arch}@${version}`;
  try {
    const { stdout } = await run('npm', [
      'exec',
      '--yes',
      `--package=${name}`,
      '--',
      'node',
      '-p',
      'process.execPath',
    ]);
    return stdout.trim();
  } catch (error) {
    throw new UsageError(`--node ${version}: npm cannot fetch ${name}: ${messageOf(error)}`);
  }
}

async function nameOf(path: string): Promise<string> {
  const version = await versionOf(path);
  if (Number.parseInt(version, 10) < oldest) {
    throw new UsageError(`--node ${path} is Node ${version}: expected ${oldest} or later`);
  }
  return `Node ${version}`;
}

async function versionOf(path: string): Promise<string> {
  try {
    const { stdout } = await run(path, ['-p', 'process.versions.node']);
    const version = stdout.trim();
    if (/^\d+\.\d+\.\d+$/.test(version)) return version;
  } catch (error) {
    throw new UsageError(`--node ${path}: it does not run: ${messageOf(error)}`);
  }
  throw new UsageError(`--node ${path}: it is not Node`);
}
