/** Which Python runs PyTorch. */
import { spawnSync } from 'node:child_process';

/** Where a Python with PyTorch may be: what $PYTHON names first, then that of the shell, then that of the system. */
export const pythons = [process.env.PYTHON, 'python3', '/usr/bin/python3'].filter(Boolean);

/** For those who find none. */
export const noTorch = 'no Python here has PyTorch (set PYTHON to one that does)';

/** The first Python that can import torch; undefined if none can. It is looked for once. */
export function pythonWithTorch() {
  found ??= { python: pythons.find((python) => spawnSync(python, ['-c', 'import torch']).status === 0) };
  return found.python;
}

let found;
