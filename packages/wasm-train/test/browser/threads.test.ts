/** The same in a page that is cross-origin isolated. */
import '../threads_plain.test.js';
