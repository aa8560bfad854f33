/** The sections of the site's navigation, and which page of docs/ is in which. */
import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { Converter } from 'typedoc';

const docs = new URL('../../../docs/', import.meta.url);
const apps = new URL('../../', import.meta.url);

/** In the order in which one would read them. Packages stand behind the pages of Reference. */
const listed = {
  Guide: [
    'getting-started',
    'choose-a-backend',
    'choose-a-normalization',
    'lab',
    'many-processes',
    'pytorch',
    'write-a-backend',
  ],
  Learn: ['z-score', 'normalization-study', 'why-it-works', 'momentum', 'numerics'],
  Reference: [
    'conformance',
    'gradients',
    'keras-tests',
    'tfjs',
    'referee',
    'benchmarks',
    'benchmarks-webgl',
    'benchmarks-webgpu',
    'scale',
    'install-matrix',
    'attack',
  ],
};
export const sections = [...Object.keys(listed), 'Project'];

const inDocs = readdirSync(docs)
  .filter((file) => file.endsWith('.md'))
  .map((file) => basename(file, '.md'));
const listedNames = Object.values(listed).flat();
/** A page of docs/ that nobody has listed is something to learn. */
const unlisted = inDocs.filter((name) => !listedNames.includes(name));
const inOrder = [...listed.Guide, ...listed.Learn, ...unlisted, ...listed.Reference];

/** What is no page of docs/ is about the project. Paths are relative to apps/docs. */
export const documents = [
  // Pages that commands make may be missing.
  ...inOrder.filter((name) => inDocs.includes(name)).map((name) => `../../docs/${name}.md`),
  '../../CONTRIBUTING.md',
  '../../SECURITY.md',
  ...readdirSync(apps).map((app) => `../../apps/${app}/README.md`),
  '../../tooling/README.md',
];

function sectionOf(name) {
  if (!inDocs.includes(name)) return 'Project';
  return Object.keys(listed).find((section) => listed[section].includes(name)) ?? 'Learn';
}

/** Puts each document into its section, and names it by its heading. TypeDoc would name it by its file. */
export function putIntoSections({ converter }) {
  converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    document.frontmatter.group = sectionOf(basename(document.name));
    const [, heading] = /^# (.+)$/m.exec(document.content.map(({ text }) => text).join('')) ?? [];
    if (heading) document.name = heading;
  });
}
