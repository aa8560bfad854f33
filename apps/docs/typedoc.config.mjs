/**
 * The site: the repository's README as its front page, the pages of docs/, and for each published package its README and
 * the reference from its docstrings.
 */
import { existsSync, readdirSync } from 'node:fs';
import { Converter, OptionDefaults } from 'typedoc';

/** In the order in which one would read them. What others make (a benchmark, say) is shown once it is there. */
const documents = [
  'getting-started',
  'choose-a-backend',
  'choose-a-normalization',
  'normalization-study',
  'momentum',
  'pytorch',
  'numerics',
  'conformance',
  'gradients',
  'benchmarks',
  'benchmarks-webgl',
  'benchmarks-webgpu',
  'write-a-backend',
  'lab',
  'install-matrix',
  'attack',
].map((name) => `../../docs/${name}.md`);
const apps = new URL('../', import.meta.url);
const others = [
  '../../CONTRIBUTING.md',
  ...readdirSync(apps).map((app) => `../../apps/${app}/README.md`),
  '../../tooling/README.md',
];

/** A page is called what its heading says; TypeDoc would call it what its file is called. */
function nameByHeading({ converter }) {
  converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    const [, heading] = /^# (.+)$/m.exec(document.content.map(({ text }) => text).join('')) ?? [];
    if (heading) document.name = heading;
  });
}

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: '@bn',
  entryPointStrategy: 'packages',
  entryPoints: ['../../packages/*'],
  projectDocuments: [...documents, ...others].filter((path) => existsSync(new URL(path, import.meta.url))),
  readme: '../../README.md',
  out: 'dist',
  includeVersion: true,
  plugin: [nameByHeading],
  customCss: 'site.css',
  sort: ['documents-first', 'source-order'],
  highlightLanguages: [...OptionDefaults.highlightLanguages, 'python'],
  validation: { invalidLink: true, invalidPath: true, rewrittenLink: true },
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
  packageOptions: {
    entryPoints: ['src/index.ts'],
    tsconfig: 'tsconfig.json',
    readme: 'README.md',
    validation: { notExported: false },
    excludePrivate: true,
    excludeInternal: true,
    disableSources: true,
    // tfjs's own, on what its serialization must not rename.
    modifierTags: [...OptionDefaults.modifierTags, '@nocollapse'],
  },
};
