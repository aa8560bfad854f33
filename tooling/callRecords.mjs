/**
 * What the host has to know of compiled kernels: which there are, and the records that they read. A record is a class of the
 * assembly whose fields the host writes by their names, so that a kernel's arguments cannot be mixed up.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of a field, and the array through which the host writes it. */
const fieldTypes = {
  f64: { bytes: 8, view: 'doubles' },
  usize: { bytes: 4, view: 'integers' },
  i32: { bytes: 4, view: 'integers' },
};

const NUMBERS = new Set(['i32', 'u32', 'usize', 'f32', 'f64', 'bool']);

/**
 * Writes src/generated/calls.ts of a package, of the records in its assembly/ and of what assembly/index.ts exports:
 *
 * - an interface for each record,
 * - the interface `Kernels`, for `registerLibrary` of @bn/wasm-heap: kernels of a range of items, which take
 *   (call, from, to, scratch), kernels that take a call alone, and functions of numbers,
 * - `records`: for each kernel, how many bytes its record has, and how it is written.
 */
export async function generateCalls(packageFolder) {
  const folder = join(packageFolder, 'assembly');
  const sources = await sourcesIn(folder);
  const records = recordsOf([...sources.values()].join('\n'));
  const kernels = exportsOf(sources).map(({ name, source }) => kernelOf(name, source, records));
  const generated = join(packageFolder, 'src/generated');
  await mkdir(generated, { recursive: true });
  await writeFile(join(generated, 'calls.ts'), moduleSource([...records.values()], kernels));
}

/** The text of each file, by its path without '.ts'. */
async function sourcesIn(folder) {
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts')).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return new Map(files.map((name, i) => [name.replaceAll('\\', '/').slice(0, -3), texts[i]]));
}

/** What index.ts exports, its own or another file's, and the source of that file. */
function exportsOf(sources) {
  const index = sources.get('index');
  const own = [...index.matchAll(/^export function (\w+)/gm)].map(([, name]) => ({ name, source: index }));
  const lists = [...index.matchAll(/^export \{([^}]*)\} from '\.\/([^']+)'/gm)];
  const others = lists.flatMap(([, list, file]) =>
    list.match(/\w+/g).map((name) => ({ name, source: sources.get(file) })),
  );
  return [...own, ...others].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The records by their names, each after the one that it extends. */
function recordsOf(source) {
  const classes = source.matchAll(/@unmanaged\nexport class (\w+)(?: extends (\w+))? \{\n([^}]*)\n\}/g);
  const bodies = new Map([...classes].map(([, name, base, body]) => [name, { base, body }]));
  const records = new Map();
  const add = (name) => {
    if (records.has(name)) return;
    const { base, body } = bodies.get(name);
    if (base !== undefined) add(base);
    const inherited = records.get(base)?.fields ?? [];
    records.set(name, { name, base, ...fieldsOf(name, body, inherited) });
  };
  for (const name of bodies.keys()) add(name);
  return records;
}

/** Name, type and offset of each field, those of the record that it extends first. */
function fieldsOf(record, body, inherited) {
  const last = inherited.at(-1);
  let offset = last === undefined ? 0 : last.offset + fieldTypes[last.type].bytes;
  const own = [];
  for (const line of body.replace(/\/\*[\s\S]*?\*\//g, '').split('\n')) {
    if (/^\s*(\/\/.*)?$/.test(line)) continue;
    const [, name, type] = /^ {2}(\w+): (\w+);$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`${record}: a field is '  name: type;', not '${line}'`);
    const { bytes } = fieldTypes[type] ?? {};
    if (bytes === undefined) throw new Error(`${record}.${name}: the host cannot write the type ${type}`);
    if (offset % bytes !== 0) throw new Error(`${record}.${name} must come before the fields of 4 bytes`);
    own.push({ name, type, offset });
    offset += bytes;
  }
  return { own, fields: [...inherited, ...own], bytes: offset };
}

/** How a kernel is called: its record, if it reads one, whether it takes a range of items, or the names of its numbers. */
function kernelOf(name, source, records) {
  const [, list, result] =
    new RegExp(`^export function ${name}\\(([^)]*)\\): (\\w+) \\{`, 'm').exec(source) ?? [];
  if (list === undefined) throw new Error(`no function ${name} in assembly/`);
  const parameters = [...list.matchAll(/(\w+): (\w+)/g)].map(([, parameter, type]) => ({ parameter, type }));
  const returns = result === 'void' ? 'void' : 'number';
  const [first, ...rest] = parameters;
  if (first !== undefined && records.has(first.type)) {
    const types = rest.map(({ type }) => type).join(', ');
    const isRange = types === 'i32, i32' || types === 'i32, i32, usize';
    if (types !== '' && !isRange)
      throw new Error(`${name}: (call) or (call, from, to, scratch), not (${list})`);
    return { name, returns, isRange, record: first.type };
  }
  const other = parameters.find(({ type }) => !NUMBERS.has(type));
  if (other) throw new Error(`${name}: the host cannot pass ${other.parameter}, a ${other.type}`);
  return { name, returns, numbers: parameters.map(({ parameter }) => parameter) };
}

function moduleSource(records, kernels) {
  const linesOf = (isOfKind, line) => kernels.filter(isOfKind).map(line).join('\n');
  const ranges = linesOf(
    ({ isRange }) => isRange === true,
    ({ name, record }) => `    readonly ${name}: ${record};`,
  );
  const calls = linesOf(
    ({ isRange }) => isRange === false,
    ({ name, record, returns }) => `    ${name}(call: ${record}): ${returns};`,
  );
  const functions = linesOf(
    ({ numbers }) => numbers !== undefined,
    ({ name, numbers, returns }) =>
      `    ${name}(${numbers.map((number) => `${number}: number`).join(', ')}): ${returns};`,
  );
  const recordLines = linesOf(
    ({ record }) => record !== undefined,
    ({ name, record }) => `  ${name}: ${variableOf(record)},`,
  );
  return `// Generated from assembly/ by the build.
interface Memory {
  readonly integers: Int32Array;
  readonly doubles: Float64Array;
}

${records.map(recordSource).join('\n')}
/** Kernels and functions, by how they are called. */
export interface Kernels {
  /** Of a range of items. */
  readonly ranges: {
${ranges}
  };
  /** Of a call alone. */
  readonly calls: {
${calls}
  };
  /** Of numbers. */
  readonly functions: {
${functions}
  };
}

/** The record that each kernel reads. */
export const records = {
${recordLines}
};
`;
}

const variableOf = (record) => `${record[0].toLowerCase()}${record.slice(1)}Record`;

function recordSource({ name, base, own, bytes }) {
  const views = Object.entries({ doubles: 8, integers: 4 }).filter(([view]) =>
    own.some(({ type }) => fieldTypes[type].view === view),
  );
  // Few characters a field: the module goes into every bundle.
  const lines = [
    ...(base === undefined ? [] : [`    ${variableOf(base)}.write(memory, pointer, call);`]),
    ...views.flatMap(([view, size]) => [
      `    const ${view} = memory.${view};`,
      `    const ${view}At = pointer >>> ${Math.log2(size)};`,
    ]),
    ...own.map((field) => {
      const { bytes: size, view } = fieldTypes[field.type];
      return `    ${view}[${view}At + ${field.offset / size}] = call.${field.name};`;
    }),
  ];
  return `export interface ${name}${base === undefined ? '' : ` extends ${base}`} {
${own.map((field) => `  ${field.name}: number;`).join('\n')}
}

const ${variableOf(name)} = {
  bytes: ${bytes},
  write(memory: Memory, pointer: number, call: ${name}): void {
${lines.join('\n')}
  },
};
`;
}
