/** The same in a page that is cross-origin isolated. */
import '../threads.test.js';
