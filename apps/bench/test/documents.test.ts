/** What documents say of speed is what the committed results say. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { figures } from '../src/documents/figures.js';
import { filled, hasPlaceholders } from '../src/documents/placeholders.js';
import { documentsWith, publishedResults } from '../src/node/documents.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const results = await publishedResults(root);
const documents = await documentsWith(results, root);

it.each(documents.map((document) => [document.path, document] as const))(
  '%s shows the figures of the committed results; npm run bench:publish writes them',
  (_path, document) => expect(document.text).toBe(document.filled),
);

it('finds the documents that show figures', () => {
  const paths = documents.map(({ path }) => path);
  for (const path of [
    'README.md',
    'packages/wasm/README.md',
    'packages/webgl/README.md',
    'apps/lenet/README.md',
  ])
    expect(paths).toContain(path);
});

it('has every figure somewhere, and computes all of them', () => {
  const all = documents.map(({ text }) => text).join();
  for (const [name, figure] of Object.entries(figures)) {
    expect(all).toContain(`<!-- bench ${name} -->`);
    expect(figure(results)).toMatch(/\d/);
  }
});

describe('a place for a figure', () => {
  const figureOf = (name: string) => ({ one: '1.5', table: '| a |' })[name];

  it('is filled in its line, or with lines of its own', () => {
    const text =
      'is <!-- bench one -->9<!-- /bench --> times\n\n<!-- bench table -->\nold\n<!-- /bench -->\n';
    expect(filled(text, figureOf, 'a.md')).toBe(
      'is <!-- bench one -->1.5<!-- /bench --> times\n\n<!-- bench table -->\n\n| a |\n\n<!-- /bench -->\n',
    );
    expect(hasPlaceholders(text)).toBe(true);
    expect(hasPlaceholders('<!-- other -->')).toBe(false);
  });

  it('for which there is none is refused with the document that has it', () => {
    const text = '<!-- bench two -->9<!-- /bench -->';
    expect(() => filled(text, figureOf, 'a.md')).toThrow(
      "a.md asks for 'two', which is not a figure of the benchmark",
    );
  });
});
