/** `export`: writes a trained network for others. */
import { existsSync } from 'node:fs';
import { OptionError } from '../errors.js';
import { writeFileWhole } from '../files/writeFile.js';
import { encodeCheckpoint } from '../model/checkpoint.js';
import type { LeNet } from '../model/lenet.js';
import { startBackend } from '../run/backend.js';
import { loadCheckpoint } from './checkpointFile.js';

const encoders = {
  safetensors: (model: LeNet) => encodeCheckpoint(model),
  onnx: async (model: LeNet) => {
    const { encodeLeNet } = await import('../model/onnx.js');
    return encodeLeNet(model);
  },
};

export type ExportFormat = keyof typeof encoders;

export interface ExportCommandOptions {
  readonly checkpoint: string;
  readonly format: ExportFormat;
  readonly output: string;
}

export async function exportCommand({ checkpoint, format, output }: ExportCommandOptions): Promise<void> {
  refuseExisting(output);
  // Only weights are moved: any backend does.
  await startBackend('cpu');
  const model = await loadCheckpoint(checkpoint);
  const bytes = await encoders[format](model);
  await writeFileWhole(output, bytes);
  console.log(
    `wrote ${output}: LeNet with norm ${model.norm} as ${format}, ${(bytes.length / 1024).toFixed(0)} KiB`,
  );
  model.dispose();
}

function refuseExisting(path: string): void {
  if (existsSync(path))
    throw new OptionError(`--output: ${path} exists already; choose another name or remove it`);
}
