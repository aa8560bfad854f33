/** What a page can know of the machine that it runs on. */
import { missingFor, softwareRenderer, webglRenderer } from '@bn/backends';
import type { Machine } from '../results/result.js';

/** What Chromium tells beside the standard. */
interface ChromiumNavigator extends Navigator {
  readonly deviceMemory?: number;
  readonly userAgentData?: {
    readonly platform: string;
    readonly brands: readonly { readonly brand: string; readonly version: string }[];
  };
}

const { deviceMemory, userAgentData, userAgent, hardwareConcurrency, platform } =
  navigator as ChromiumNavigator;
/** Browsers round it, and say 8 for more. */
const memory = (deviceMemory ?? 0) * 2 ** 30;

export const describeMachine = (): Machine => ({
  cpu: 'a processor that the browser does not name',
  cores: hardwareConcurrency,
  memory,
  platform: userAgentData?.platform || platform,
  runtime: browserName(),
  gpu: null,
  versions: {},
});

function browserName(): string {
  // One of the brands is a made-up one, to keep servers from relying on the list.
  const brand = userAgentData?.brands.find(({ brand }) => /chrom|edge|opera/i.test(brand));
  return brand ? `${brand.brand} ${brand.version}` : userAgent;
}

/** Half of what there is, or of 4 GB if that is not known. */
export const freeMemory = (): number => (memory || 4e9) / 2;

/** What renders here, and whether that is a GPU; and what of it the browser lacks. */
export function graphics(): string {
  const lacks = missingFor('webgpu')
    ? ' This browser has no WebGPU: the backend webgpu will be skipped.'
    : '';
  return webgl() + lacks;
}

function webgl(): string {
  const renderer = webglRenderer();
  if (renderer === undefined) return 'This browser has no WebGL 2: the backend webgl will be skipped.';
  return softwareRenderer(renderer)
    ? `Graphics: ${renderer}. This is rendering in software: not a GPU.`
    : `Graphics: ${renderer}`;
}

/** How many threads there can be, and why not more. */
export function threadsHelp(): { readonly most: number; readonly text: string } {
  if (globalThis.crossOriginIsolated) {
    return { most: hardwareConcurrency, text: `for what can use them, such as 1,${hardwareConcurrency}` };
  }
  return {
    most: 1,
    text:
      'one thread only: threads share memory, which browsers give to pages that are served with the headers ' +
      'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp',
  };
}
