/** The functions of MPI that this package calls, over all processes that were started together. */
import type { LibraryHandle } from 'koffi';
import { MpiError } from '../errors.js';
import { type Handle, type Handles, handlesOf } from './handles.js';

/** What may be sent. A number of elements is an int in MPI, so that one message has fewer than 2^31. */
export type Values = Float64Array | Float32Array | Uint8Array;

type Call = (...parameters: unknown[]) => number;

/** The library cannot say more in one string. */
const longestText = 8192;

/** Every function blocks until it is done, and throws an MpiError if it fails. */
export class Mpi {
  readonly #handles: Handles;
  readonly #functions = new Map<string, Call>();
  /** What the library says of itself. */
  readonly version: string;

  /** @throws MpiError for a library of a family that is not known. */
  constructor(private readonly library: LibraryHandle) {
    this.version = this.#text('MPI_Get_library_version', 'void*, _Out_ int*');
    const handles = handlesOf(this.version, (symbol) => library.symbol(symbol) as bigint);
    if (handles === undefined) {
      throw new MpiError(`expected Open MPI, MPICH or a library made from MPICH, got ${this.version}`);
    }
    this.#handles = handles;
  }

  get family(): Handles['family'] {
    return this.#handles.family;
  }

  /** Joins the group. Once in the life of a process. */
  init(): void {
    const onlyThisThread = 1;
    this.#call('MPI_Init_thread', 'void*, void*, int, _Out_ int*', null, null, onlyThisThread, [0]);
    // Otherwise the library ends the process itself, and says less.
    this.#call('MPI_Comm_set_errhandler', 'H, H', this.#handles.world, this.#handles.errorsReturn);
  }

  get rank(): number {
    return this.#number('MPI_Comm_rank');
  }

  get size(): number {
    return this.#number('MPI_Comm_size');
  }

  /** Equally many values of every member, in the order of the ranks. */
  allGather(values: Values, gathered: Values): void {
    const { world } = this.#handles;
    const type = this.#typeOf(values);
    this.#call(
      'MPI_Allgather',
      'void*, int, H, void*, int, H, H',
      ...[values, values.length, type, gathered, values.length, type, world],
    );
  }

  /** As `allGather`, with `counts[rank]` values of each. */
  allGatherVariable(values: Values, gathered: Values, counts: Int32Array): void {
    const { world } = this.#handles;
    const type = this.#typeOf(values);
    this.#call(
      'MPI_Allgatherv',
      'void*, int, H, void*, int*, int*, H, H',
      ...[values, values.length, type, gathered, counts, startsOf(counts), type, world],
    );
  }

  /** `sent[rank]` of the values go to each member, one part after the other; `received[rank]` come from each. */
  allToAll(values: Values, sent: Int32Array, gathered: Values, received: Int32Array): void {
    const { world } = this.#handles;
    const type = this.#typeOf(values);
    this.#call(
      'MPI_Alltoallv',
      'void*, int*, int*, H, void*, int*, int*, H, H',
      ...[values, sent, startsOf(sent), type, gathered, received, startsOf(received), type, world],
    );
  }

  /** Equally many values to a member, and from it. */
  sendReceive(sent: Values, received: Values, partner: number): void {
    const { world, statusIgnore } = this.#handles;
    const type = this.#typeOf(sent);
    const tag = 0;
    this.#call(
      'MPI_Sendrecv',
      'void*, int, H, int, int, void*, int, H, int, int, H, intptr_t',
      ...[sent, sent.length, type, partner, tag],
      ...[received, received.length, type, partner, tag, world, statusIgnore],
    );
  }

  /** The bytes of one member, written over those of all others. */
  broadcast(bytes: Uint8Array, root: number): void {
    const { world, byte } = this.#handles;
    this.#call('MPI_Bcast', 'void*, int, H, int, H', bytes, bytes.length, byte, root, world);
  }

  /** Ends all processes of the group, this one too. */
  abort(exitCode: number): void {
    this.#call('MPI_Abort', 'H, int', this.#handles.world, exitCode);
  }

  /** Leaves the group; nothing can be called after it. */
  finalize(): void {
    this.#call('MPI_Finalize', '');
  }

  #typeOf(values: Values): Handle {
    if (values instanceof Float64Array) return this.#handles.double;
    return values instanceof Float32Array ? this.#handles.float : this.#handles.byte;
  }

  #number(name: string): number {
    const result = [0];
    this.#call(name, 'H, _Out_ int*', this.#handles.world, result);
    return result[0]!;
  }

  #text(name: string, parameters: string, ...leading: unknown[]): string {
    const bytes = Buffer.alloc(longestText);
    const length = [0];
    this.#function(name, parameters)(...leading, bytes, length);
    return bytes.toString('utf8', 0, length[0]).replace(/\0.*$/s, '').trim();
  }

  /** `H` in the parameters stands for a handle. */
  #call(name: string, parameters: string, ...values: unknown[]): void {
    const code = this.#function(name, parameters)(...values);
    if (code === 0) return;
    const reason = this.#text('MPI_Error_string', 'int, void*, _Out_ int*', code);
    throw new MpiError(`${name} failed: ${reason}`);
  }

  #function(name: string, parameters: string): Call {
    const known = this.#functions.get(name);
    if (known) return known;
    const types = parameters.replace(/\bH\b/g, () => this.#handles.type);
    const loaded: Call = this.library.func(`int ${name}(${types})`);
    this.#functions.set(name, loaded);
    return loaded;
  }
}

/** Where each part begins, if they lie one after the other. */
function startsOf(counts: Int32Array): Int32Array {
  let start = 0;
  return counts.map((count) => {
    start += count;
    return start - count;
  });
}
