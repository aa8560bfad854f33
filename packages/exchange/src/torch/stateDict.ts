/** A state dict in a file, in memory or not, by the names that the network itself gives its weights. */
import type { ArrayDescription, NamedArray, SafetensorsContents } from '../safetensors/arrays.js';
import { readSafetensors, type SafetensorsFile } from '../safetensors/read.js';
import { wrapperPrefix } from './wrapperPrefix.js';

/** The bytes of a safetensors file, or what `readSafetensors` or `openSafetensors` made of it. */
export type TorchFile = Uint8Array | SafetensorsContents | SafetensorsFile;

export type StateDict = Pick<SafetensorsFile, 'descriptions' | 'read'>;

export function stateDictOf(file: TorchFile): StateDict {
  if ('read' in file) return withoutWrappers(file);
  const { arrays } = file instanceof Uint8Array ? readSafetensors(file) : file;
  const entries = new Map<string, NamedArray>(Object.entries(arrays));
  return withoutWrappers({ descriptions: entries, read: async (name) => entries.get(name)! });
}

function withoutWrappers({ descriptions, read }: StateDict): StateDict {
  const prefix = wrapperPrefix([...descriptions.keys()]);
  return {
    descriptions: new Map<string, ArrayDescription>(
      [...descriptions].map(([name, description]) => [name.slice(prefix.length), description]),
    ),
    read: (name) => read(prefix + name),
  };
}
