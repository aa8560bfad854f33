/** Each check of Keras' tests of normalization, and the page that lists them. */
import '@bn/cpu-ref';
import '@bn/wasm';
import '@bn/wasm-train';
import { describe, expect, it } from 'vitest';
import { kerasFiles } from './kerasTests/list.js';
import { page } from './kerasTests/page.js';
import { testsInScope } from './support/scope.js';

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  testsInScope(backend);

  describe.each(kerasFiles)('$title', ({ tests }) => {
    describe.each(tests)('$test: $checks', ({ cases }) => {
      it.each(Object.entries(cases))('%s', async (_, run) => {
        await run();
      });
    });
  });
});

describe('the table', () => {
  it('has a check for each test, and says why for what does not agree', () => {
    for (const { tests } of kerasFiles) {
      for (const { cases, outcome, here } of tests) {
        expect(Object.keys(cases)).not.toEqual([]);
        expect(here === undefined).toBe(outcome === 'agrees');
      }
    }
  });

  it('is that of docs/keras-tests.md, which npm run keras:report makes', async () => {
    await expect(page(kerasFiles)).toMatchFileSnapshot('../../../docs/keras-tests.md');
  });
});
