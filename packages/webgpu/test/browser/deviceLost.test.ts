import '../deviceLost.test.js';
