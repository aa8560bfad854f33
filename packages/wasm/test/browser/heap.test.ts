/** The same on the heap of tfjs's threaded build, which is shared memory. */
import '../heap.test.js';
