/** Where the sources are on the web, and links to there. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const address = repository.url.replace(/^git\+|\.git$/g, '');

export const sourceLink = `${address}/blob/main/{path}#L{line}`;

/** The text of a page with relative links, which lead to pages of the site, in place of those to files on the web. */
function withLinksToPages(text, page) {
  const toFile = (path) => relative(dirname(page), join(root, path)).replaceAll(sep, '/');
  return text
    .replaceAll(`](${address}#`, `](${toFile('README.md')}#`)
    .replace(new RegExp(`\\]\\(${address}/blob/main/([^)#]+)`, 'g'), (link, path) =>
      existsSync(join(root, path)) ? `](${toFile(path)}` : link,
    );
}

/** READMEs of packages have absolute links, since they are shown elsewhere too: here these lead to pages of the site. */
export function linkToPages({ converter }) {
  const parse = converter.parseRawComment.bind(converter);
  converter.parseRawComment = (file, files) => {
    file.text = withLinksToPages(file.text, file.fileName);
    return parse(file, files);
  };
}
