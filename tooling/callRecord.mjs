/**
 * Writes src/generated/call.ts of a package: the fields of the class `Call` in its assembly/call.ts, and a function that writes
 * them where kernels expect them. Fields of 8 bytes come first, so that none is padded.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of a field, and the array through which the host writes it. */
const types = {
  f64: { bytes: 8, view: 'doubles' },
  usize: { bytes: 4, view: 'integers' },
  i32: { bytes: 4, view: 'integers' },
};

export async function generateCallRecord(packageFolder) {
  const source = await readFile(join(packageFolder, 'assembly/call.ts'), 'utf8');
  const generated = join(packageFolder, 'src/generated');
  await mkdir(generated, { recursive: true });
  await writeFile(join(generated, 'call.ts'), callSource(fieldsOf(source)));
}

/** Name, type and offset of each field. */
function fieldsOf(source) {
  const body = /class Call \{\n([^}]*)\n\}/.exec(source)?.[1];
  if (body === undefined) throw new Error('assembly/call.ts has no class Call');
  const fields = [];
  let offset = 0;
  for (const [, name, type] of body.matchAll(/^ {2}(\w+): (\w+);$/gm)) {
    const { bytes } = types[type] ?? {};
    if (bytes === undefined) throw new Error(`Call.${name}: the host cannot write the type ${type}`);
    if (offset % bytes !== 0) throw new Error(`Call.${name} must come before the fields of 4 bytes`);
    fields.push({ name, type, offset });
    offset += bytes;
  }
  return fields;
}

function callSource(fields) {
  const last = fields.at(-1);
  const lines = fields.map(({ name, type, offset }) => {
    const { bytes, view } = types[type];
    return `  ${view}[pointer / ${bytes} + ${offset / bytes}] = call.${name};`;
  });
  return `// Generated from assembly/call.ts by the build.
export interface Call {
${fields.map(({ name }) => `  ${name}: number;`).join('\n')}
}

export const CALL_BYTES = ${last.offset + types[last.type].bytes};

/** Writes a call at \`pointer\`, a multiple of 8; the arrays are views of the whole memory. */
export function writeCall(integers: Int32Array, doubles: Float64Array, pointer: number, call: Call): void {
${lines.join('\n')}
}
`;
}
