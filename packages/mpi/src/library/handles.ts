/**
 * The objects of MPI that this package uses, as the two families of libraries hand them out. In Open MPI a communicator, a type or
 * an operation is the address of a structure, which the library exports by name; in MPICH and its relatives it is an int.
 */

/** As koffi takes it: a bigint for an address, a number for an int. */
export type Handle = bigint | number;

export interface Handles {
  readonly family: 'openmpi' | 'mpich';
  /** The C type of all of them. */
  readonly type: 'intptr_t' | 'int';
  readonly world: Handle;
  readonly errorsReturn: Handle;
  readonly byte: Handle;
  readonly float: Handle;
  readonly double: Handle;
  /** MPI_STATUS_IGNORE, an address in both families. */
  readonly statusIgnore: number;
}

/** MPICH's mpi.h: the same in all versions since 1.0, and in those made from it (Intel MPI, MVAPICH, Cray). */
const mpich: Handles = {
  family: 'mpich',
  type: 'int',
  world: 0x44000000,
  errorsReturn: 0x54000001,
  byte: 0x4c00010d,
  float: 0x4c00040a,
  double: 0x4c00080b,
  statusIgnore: 1,
};

/** The handles of a library; undefined if it is of neither family. */
export function handlesOf(version: string, addressOf: (symbol: string) => bigint): Handles | undefined {
  // Open MPI 4 and 5 export the same names.
  if (/open mpi/i.test(version)) {
    return {
      family: 'openmpi',
      type: 'intptr_t',
      world: addressOf('ompi_mpi_comm_world'),
      errorsReturn: addressOf('ompi_mpi_errors_return'),
      byte: addressOf('ompi_mpi_byte'),
      float: addressOf('ompi_mpi_float'),
      double: addressOf('ompi_mpi_double'),
      statusIgnore: 0,
    };
  }
  return /mpich|mvapich|intel\(r\) mpi/i.test(version) ? mpich : undefined;
}
