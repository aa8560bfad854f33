/** What helps to go on reading: links to the previous and the next page, and to the lab. */
import { JSX } from 'typedoc';
import { sections } from './sections.mjs';

const element = JSX.createElement;

/** The pages of the site in the order of the navigation: the front page, documents by section, packages behind Reference. */
function pagesInOrder(project) {
  const inSection = (section) => [
    ...(project.documents ?? []).filter(({ frontmatter }) => frontmatter.group === section),
    ...(section === 'Reference' ? (project.children ?? []) : []),
  ];
  return [project, ...sections.flatMap(inSection)];
}

function neighbours(context) {
  const { model, project } = context.page;
  const pages = pagesInOrder(project);
  const at = pages.indexOf(model);
  if (at < 0) return element(JSX.Fragment, null);
  const link = (page, rel, word) =>
    page &&
    element('a', { href: context.urlTo(page), rel, class: rel }, element('small', null, word), page.name);
  return element(
    'nav',
    { class: 'neighbours', 'aria-label': 'Previous and next page' },
    link(pages[at - 1], 'prev', 'Previous'),
    link(pages[at + 1], 'next', 'Next'),
  );
}

/** On the front page and on the lab's page. */
function labLink(context) {
  const { model, project } = context.page;
  const isLab = model.isDocument?.() && model.name === 'The LeNet lab';
  if (model !== project && !isLab) return element(JSX.Fragment, null);
  return element(
    'p',
    { class: 'lab' },
    element('a', { href: context.relativeURL('lab/index.html') }, 'Open the LeNet lab'),
    ': train a network in this browser, and see what normalization does.',
  );
}

/** The sections for newcomers are open until a reader closes them; TypeDoc keeps that under these keys. */
const openSections = `for (const section of ['Guide', 'Learn']) {
  const key = 'tsd-accordion-' + section;
  if (localStorage.getItem(key) === null) localStorage.setItem(key, 'true');
}`;

export function helpReading({ renderer }) {
  renderer.hooks.on('head.begin', () =>
    element('script', null, element(JSX.Raw, { html: `try { ${openSections} } catch {}` })),
  );
  renderer.hooks.on('content.begin', labLink);
  renderer.hooks.on('content.end', neighbours);
}
