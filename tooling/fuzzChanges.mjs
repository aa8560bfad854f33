/** Drawn changes of files, as fast-check's arbitraries. */
import fc from 'fast-check';

/** Numbers at which parsers break. */
const bytes = fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.integer({ min: 0, max: 255 }));
const words = fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 2 ** 16, 2 ** 24);
/** A place in a file of any length. */
const places = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

const changes = fc.oneof(
  fc.record({ kind: fc.constant('set'), place: places, byte: bytes }),
  fc.record({ kind: fc.constant('word'), place: places, word: words, little: fc.boolean() }),
  fc.record({ kind: fc.constant('cut'), place: places }),
  fc.record({ kind: fc.constant('remove'), place: places, length: fc.integer({ min: 1, max: 64 }) }),
  fc.record({ kind: fc.constant('repeat'), place: places, length: fc.integer({ min: 1, max: 64 }) }),
  fc.record({
    kind: fc.constant('insert'),
    place: places,
    inserted: fc.uint8Array({ minLength: 1, maxLength: 32 }),
  }),
);

function apply(file, change) {
  const at = Math.floor(change.place * file.length);
  const copy = new Uint8Array(file);
  switch (change.kind) {
    case 'set':
      if (copy.length > 0) copy[at] = change.byte;
      return copy;
    case 'word':
      if (at + 4 <= copy.length) new DataView(copy.buffer).setUint32(at, change.word, change.little);
      return copy;
    case 'cut':
      return copy.slice(0, at);
    case 'remove':
      return joined(copy.subarray(0, at), copy.subarray(at + change.length));
    case 'repeat':
      return joined(copy.subarray(0, at + change.length), copy.subarray(at));
    case 'insert':
      return joined(copy.subarray(0, at), change.inserted, copy.subarray(at));
  }
}

const joined = (...parts) => new Uint8Array(Buffer.concat(parts));

/** One of the files, changed in up to four places. */
export const changedBytes = (files) =>
  fc
    .tuple(fc.constantFrom(...files), fc.array(changes, { minLength: 1, maxLength: 4 }))
    .map(([file, drawn]) => drawn.reduce(apply, file));

/** Values that are of the wrong kind, or of the right kind and out of every range. */
const values = fc.constantFrom(
  ...[null, true, false, 0, -0, -1, 0.5, 1e9, -1e9, 1e308, 5e-324, 2 ** 53, '', 'NaN', '__proto__', [], {}],
  ...[[[]], [null], { __proto__: null }, '<img src=x onerror=alert(1)>', '\u001b[31m', 'a'.repeat(10_000)],
);
const keys = fc.constantFrom('__proto__', 'constructor', 'toString', '', 'length', '0');

const jsonChanges = fc.record({
  place: places,
  kind: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'rename', 'add', 'repeat'),
  value: values,
  key: keys,
});

/** One of the files, with up to three of its values, keys or elements changed. */
export const changedJson = (files) =>
  fc
    .tuple(fc.constantFrom(...files), fc.array(jsonChanges, { minLength: 1, maxLength: 3 }))
    .map(([file, drawn]) => {
      const lines = new TextDecoder().decode(file).trimEnd().split('\n');
      // A file of several lines of JSON, or one JSON over several lines.
      const isLines = lines.length > 1 && lines.every((line) => line.startsWith('{') && line.endsWith('}'));
      const whole = isLines ? lines.map((line) => JSON.parse(line)) : JSON.parse(lines.join('\n'));
      const holder = { whole };
      for (const change of drawn) changeJson(holder, change);
      const text = (value) => JSON.stringify(value) ?? 'null';
      const result =
        isLines && Array.isArray(holder.whole) ? holder.whole.map(text).join('\n') : text(holder.whole);
      return new TextEncoder().encode(`${result}\n`);
    });

function changeJson(holder, { place, kind, value, key }) {
  const all = [];
  collect(holder, all);
  const [object, name] = all[Math.floor(place * all.length)];
  const own = object[name];
  if (kind === 'replace') define(object, name, structuredClone(value));
  else if (kind === 'remove') Array.isArray(object) ? object.splice(Number(name), 1) : delete object[name];
  else if (kind === 'repeat' && Array.isArray(object)) object.splice(Number(name), 0, structuredClone(own));
  else if (kind === 'rename' && !Array.isArray(object)) {
    delete object[name];
    define(object, key, own);
  } else if (kind === 'add' && typeof own === 'object' && own !== null && !Array.isArray(own)) {
    define(own, key, structuredClone(value));
  }
  if (!('whole' in holder)) holder.whole = null;
}

function collect(object, all) {
  for (const name of Object.keys(object)) {
    all.push([object, name]);
    if (typeof object[name] === 'object' && object[name] !== null) collect(object[name], all);
  }
}

/** As JSON.parse does: '__proto__' is a name like any other. */
const define = (object, name, value) =>
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
