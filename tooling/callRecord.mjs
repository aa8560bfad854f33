/**
 * What the host has to know of the records that kernels read: classes of a package's assembly, whose fields the host writes by their
 * names. A kernel's arguments cannot be mixed up then.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of a field, and the array through which the host writes it. */
const types = {
  f64: { bytes: 8, view: 'doubles' },
  usize: { bytes: 4, view: 'integers' },
  i32: { bytes: 4, view: 'integers' },
};

/**
 * Writes src/generated/call.ts of a package: the fields of the class `Call` in its assembly/call.ts, and a function that writes
 * them where kernels expect them. Fields of 8 bytes come first, so that none is padded.
 */
export async function generateCallRecord(packageFolder) {
  const source = await readFile(join(packageFolder, 'assembly/call.ts'), 'utf8');
  const call = recordsOf(source).find(({ name }) => name === 'Call');
  if (call === undefined) throw new Error('assembly/call.ts has no class Call');
  await writeGenerated(packageFolder, 'call.ts', callSource(call.fields));
}

/**
 * Writes src/generated/shapes.ts of a package: for each class in its assembly that is a record of integers, its fields and a function
 * that lists their values in the order in which kernels read them.
 */
export async function generateShapes(packageFolder) {
  const folder = join(packageFolder, 'assembly');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort();
  const sources = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  const records = sources.flatMap(recordsOf);
  const parts = records.map(shapeSource);
  await writeGenerated(
    packageFolder,
    'shapes.ts',
    `// Generated from assembly/ by the build.\n${parts.join('\n')}`,
  );
}

async function writeGenerated(packageFolder, name, source) {
  const generated = join(packageFolder, 'src/generated');
  await mkdir(generated, { recursive: true });
  await writeFile(join(generated, name), source);
}

/** The records in a source: classes that the host owns. */
function recordsOf(source) {
  const classes = source.matchAll(/@unmanaged\nexport class (\w+) \{\n([^}]*)\n\}/g);
  return [...classes].map(([, name, body]) => ({ name, fields: fieldsOf(name, body) }));
}

/** Name, type and offset of each field. */
function fieldsOf(record, body) {
  const fields = [];
  let offset = 0;
  for (const [, name, type] of body.matchAll(/^ {2}(\w+): (\w+);$/gm)) {
    const { bytes } = types[type] ?? {};
    if (bytes === undefined) throw new Error(`${record}.${name}: the host cannot write the type ${type}`);
    if (offset % bytes !== 0) throw new Error(`${record}.${name} must come before the fields of 4 bytes`);
    fields.push({ name, type, offset });
    offset += bytes;
  }
  return fields;
}

function shapeSource({ name, fields }) {
  const wide = fields.find(({ type }) => type !== 'i32');
  if (wide) throw new Error(`${name}.${wide.name}: a record of integers has fields of the type i32 only`);
  const names = fields.map((field) => field.name);
  const variable = name[0].toLowerCase() + name.slice(1);
  return `export interface ${name} {
${names.map((field) => `  readonly ${field}: number;`).join('\n')}
}

/** In the order in which kernels read them. */
export function ${variable}Integers(${variable}: ${name}): number[] {
  const { ${names.join(', ')} } = ${variable};
  return [${names.join(', ')}];
}

/** Bytes of its integers. */
export const ${name.toUpperCase()}_BYTES = ${4 * names.length};
`;
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
