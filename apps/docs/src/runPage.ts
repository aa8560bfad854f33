/** Runs what needs a browser in headless Chromium: html blocks, and js and ts blocks that use WebGL or WebGPU. */
import { join } from 'node:path';
import { type Browser, printedByPage, startChromium } from '@bn/tooling/page';
import { printedByScript } from '@bn/tooling/scriptInPage';
import { announced, type Block } from './blocks.js';

/** Served to the pages: its node_modules has the packages that they import. */
const folder = join(import.meta.dirname, '..');

const browserImports =
  /^import (.* from )?'(@bn\/webg(l|pu)|@tensorflow\/tfjs-backend-webgpu|onnxruntime-web\/webgpu)'/m;

export const needsBrowser = ({ code }: Block): boolean =>
  browserImports.test(code) || code.includes("tf.setBackend('webgl')");

/** @returns What the page prints. */
export const runHtml = ({ code }: Block): Promise<string[]> =>
  inBrowser((browser) =>
    printedByPage(browser, { folder, file: 'block.html', html: code, lines: announced(code).length }),
  );

/** @returns What the script prints in a page. */
export const runScriptInPage = ({ code, language }: Block): Promise<string[]> =>
  inBrowser((browser) =>
    printedByScript(browser, {
      ...{ code, folder, lines: announced(code).length },
      language: language === 'ts' ? 'ts' : 'js',
    }),
  );

/** The one in which all blocks run, from the first on. */
let browser: Browser | undefined;

async function inBrowser<Result>(use: (browser: Browser) => Promise<Result>): Promise<Result> {
  browser ??= await startChromium();
  return use(browser);
}

export const closeBrowser = async (): Promise<void> => browser?.close();
