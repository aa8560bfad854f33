/** What the scripts need of the compiled app. */

export { fileNameOf } from './page/files.js';
export { pageOf } from './page/page.js';
export { columns } from './table/columns.js';
