/** In a page, with tfjs alone, or with the import that the hash of the page's address names. */
import '@tensorflow/tfjs-backend-webgpu';
import { inChromium, type Mending } from '../fault.js';
import { printAlone, printMended } from './outcomes.js';

const mending = decodeURIComponent(location.hash.slice(1));
if (mending === '') await printAlone(inChromium);
else if (mending === '@bn/wasm-train') {
  await printMended(inChromium, mending satisfies Mending, await import('@bn/wasm-train'));
} else throw new Error(`no fault of tfjs in Chromium is mended by ${mending}`);
