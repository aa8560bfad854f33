/** The same in a page that is cross-origin isolated. */
import '../threadsPlain.test.js';
