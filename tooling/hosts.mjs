/** Several hosts of one machine: network namespaces with a name and an address each, on one switch. For root, on Linux. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { whyMissing } from './processes.mjs';

const enter = fileURLToPath(new URL('enterHost.sh', import.meta.url));

/** Hosts are named by their addresses. Nothing outside the namespaces sees these, so that they are free. */
export class Hosts {
  names;
  /** What the names of the namespaces begin with: other runs of the tests have others. */
  #prefix = `bn-${process.pid}-`;
  #switch = `${this.#prefix}switch`;

  /** @throws Error if this system has no network namespaces, or keeps them from this user. */
  constructor(count) {
    this.names = Array.from({ length: count }, (_, index) => `10.77.0.${index + 1}`);
    try {
      run('ip', 'netns', 'add', this.#switch);
      run('ip', '-n', this.#switch, 'link', 'add', 'bridge', 'up', 'type', 'bridge');
      for (const [index, name] of this.names.entries()) this.#plugIn(name, `port${index}`);
      this.#inside(this.names[0], ['unshare', '--uts', 'true']);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  #plugIn(name, port) {
    const host = this.#namespace(name);
    run('ip', 'netns', 'add', host);
    const peer = ['type', 'veth', 'peer', 'name', 'eth0', 'netns', host];
    run('ip', '-n', this.#switch, 'link', 'add', port, 'up', 'master', 'bridge', ...peer);
    run('ip', '-n', host, 'address', 'add', `${name}/24`, 'dev', 'eth0');
    for (const device of ['lo', 'eth0']) run('ip', '-n', host, 'link', 'set', device, 'up');
  }

  #namespace(name) {
    return `${this.#prefix}${name}`;
  }

  #inside(name, command) {
    return run('ip', 'netns', 'exec', this.#namespace(name), ...command);
  }

  /** `command` run on a host. */
  on(name, { program, parameters }) {
    const quoted = [program, ...parameters].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
    return { program: enter, parameters: [name, ...quoted] };
  }

  /** Lets Open MPI reach the hosts; the last variable is for version 5. */
  get env() {
    return { BN_HOSTS: this.#prefix, OMPI_MCA_plm_rsh_agent: enter, PRTE_MCA_plm_ssh_agent: enter };
  }

  /** Bytes that have reached a host. */
  received(name) {
    return Number(this.#inside(name, ['cat', '/sys/class/net/eth0/statistics/rx_bytes']));
  }

  /** Takes a host off the net. Its processes live on until they notice: within 5 seconds, even if they were sending (else 15 minutes). */
  unplug(name) {
    this.#inside(name, ['sh', '-c', 'echo 3 > /proc/sys/net/ipv4/tcp_retries2']);
    run('ip', '-n', this.#namespace(name), 'link', 'set', 'eth0', 'down');
  }

  /** Lets no more leave a host than so many bits in a second. */
  limit(name, bitsPerSecond) {
    const shape = ['tbf', 'rate', `${bitsPerSecond}bit`, 'burst', '16kb', 'latency', '1s'];
    run('tc', '-n', this.#namespace(name), 'qdisc', 'replace', 'dev', 'eth0', 'root', ...shape);
  }

  /** Takes the hosts away, with the processes that are left on them. */
  remove() {
    for (const namespace of [...this.names.map((name) => this.#namespace(name)), this.#switch]) {
      const { stdout } = spawnSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' });
      for (const pid of stdout?.match(/\d+/g) ?? []) spawnSync('kill', ['-9', pid]);
      spawnSync('ip', ['netns', 'delete', namespace]);
    }
  }
}

/** Why there cannot be several hosts on this machine, or undefined. */
export function whyNoHosts() {
  const reason = whyMissing(() => new Hosts(1).remove());
  return reason && `network namespaces need root and iproute2: ${reason}`;
}

function run(program, ...parameters) {
  const { status, stdout, stderr, error } = spawnSync(program, parameters, { encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${program} ${parameters.join(' ')}: ${error?.message ?? stderr.trim()}`);
}
