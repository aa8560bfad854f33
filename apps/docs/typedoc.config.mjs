/**
 * The site: the repository's README as its front page, the pages of docs/, and for each published package its README and
 * the reference from its docstrings.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { OptionDefaults } from 'typedoc';
import { typesetFormulas } from './site/formulas.mjs';
import { helpReading } from './site/reading.mjs';
import { linkToPages, sourceLink } from './site/repository.mjs';
import { searchReadmes } from './site/search.mjs';
import { documents, putIntoSections, sections } from './site/sections.mjs';

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: '@bn',
  entryPointStrategy: 'packages',
  entryPoints: ['../../packages/*'],
  projectDocuments: documents.filter((path) => existsSync(new URL(path, import.meta.url))),
  readme: '../../README.md',
  out: 'dist',
  includeVersion: true,
  plugin: [putIntoSections, linkToPages, searchReadmes, helpReading],
  customCss: 'site.css',
  favicon: '../lab/src/icon.svg',
  sort: ['documents-first', 'source-order'],
  // The packages are the section Reference.
  locales: { en: { kind_plural_module: 'Reference' } },
  groupOrder: [...sections, '*'],
  navigation: { includeGroups: true, includeFolders: false },
  searchInComments: true,
  searchInDocuments: true,
  highlightLanguages: [...OptionDefaults.highlightLanguages, 'python'],
  ignoredHighlightLanguages: ['math'],
  // A word with a dot in it is not the address of a page.
  markdownItOptions: { html: true, linkify: false },
  markdownItLoader: typesetFormulas,
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
    displayBasePath: fileURLToPath(new URL('../../', import.meta.url)),
    disableGit: true,
    sourceLinkTemplate: sourceLink,
    // tfjs's own, on what its serialization must not rename.
    modifierTags: [...OptionDefaults.modifierTags, '@nocollapse'],
  },
};
