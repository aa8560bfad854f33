/** The command that starts a group of processes. */
import { spawnSync } from 'node:child_process';
import { OptionError } from '@bn/core';
import { MpiMissingError } from '../errors.js';
import { installAdvice } from '../library/candidates.js';

export interface MpirunOptions {
  /** How many processes to start. */
  readonly processes: number;
  /** On which machines, by name or address, in the order of the ranks; otherwise on this one. */
  readonly hosts?: readonly string[];
}

/** A program and its parameters, as `spawn` takes them. */
export interface Command {
  readonly program: string;
  readonly parameters: readonly string[];
}

/** The environment variable with the path of mpirun. */
const variable = 'BN_MPIRUN';

/**
 * The command that starts `processes` processes of `command` in one group: by the path in BN_MPIRUN, or mpirun, with the flags that
 * the MPI of this machine needs. Processes may be more than cores, and each may use several: none is bound to a core.
 *
 * @throws MpiMissingError if there is no mpirun, with what to install; OptionError if the number of processes is no integer from 1 on.
 */
export function mpirunCommand(command: Command, { processes, hosts = [] }: MpirunOptions): Command {
  if (!Number.isInteger(processes) || processes < 1) {
    throw new OptionError(`mpirunCommand: processes must be an integer from 1 on, got ${String(processes)}`);
  }
  const program = process.env[variable] || 'mpirun';
  const { stdout, error } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (error) {
    const advice = installAdvice('mpirun', variable);
    throw new MpiMissingError(`${program}, which starts processes, was not found. ${advice}`, {
      cause: error,
    });
  }
  const openMpi = /open mpi\D*(\d*)/i.exec(stdout);
  const flags = openMpi ? openMpiFlags(hosts, Number(openMpi[1])) : hydraFlags(hosts);
  return {
    program,
    parameters: [...flags, '-n', String(processes), command.program, ...command.parameters],
  };
}

function openMpiFlags(hosts: readonly string[], version: number): string[] {
  // A root that asks for it by name means it; in containers there is often nobody else.
  const asRoot = process.getuid?.() === 0 ? ['--allow-run-as-root'] : [];
  const where = hosts.length > 0 ? [...watchOverHosts(version), '--host', hosts.join(',')] : [];
  return [...asRoot, '--oversubscribe', '--bind-to', 'none', ...yieldWhenIdle(), ...where];
}

/**
 * A rank that waits asks again and again whether there is a message. Here it offers its core to others each time: cores are shared
 * with other programs and with Node's own threads, and without it two ranks take up to twice as long on a busy machine. Open MPI does
 * so by itself only if there are more ranks than cores.
 */
function yieldWhenIdle(): string[] {
  const parameter = 'mpi_yield_when_idle';
  return process.env[`OMPI_MCA_${parameter}`] === undefined ? ['--mca', parameter, '1'] : [];
}

/**
 * A host that vanishes closes no connection. Open MPI's daemons ask each other for signs of life by TCP, but its standard is to begin
 * after 5 minutes and to end after 8; here after 2 seconds, and 3 more without an answer. Settings of the environment stay; since
 * version 5 the daemons are those of PRRTE.
 */
function watchOverHosts(version: number): string[] {
  const prefix = version >= 5 ? 'PRTE_MCA' : 'OMPI_MCA';
  const seconds = { time: 2, intvl: 1, probes: 3 };
  return Object.entries(seconds).flatMap(([name, value]) => {
    const parameter = `oob_tcp_keepalive_${name}`;
    return process.env[`${prefix}_${parameter}`] === undefined ? ['--mca', parameter, String(value)] : [];
  });
}

const hydraFlags = (hosts: readonly string[]): string[] =>
  hosts.length > 0 ? ['-hosts', hosts.join(',')] : [];
