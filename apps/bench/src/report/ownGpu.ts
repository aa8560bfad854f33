/** How a reader measures the same on a GPU, and what to look at there. */
import { isOnGpu } from '../grid/contenders.js';
import { byteCount, shapeText } from '../grid/shapes.js';
import type { BenchResult } from '../results/result.js';

/** As Markdown; undefined if nothing was measured on the backends of a GPU. */
export function ownGpu({ contenders, rows }: BenchResult): string | undefined {
  const backends = [...new Set(contenders.map(({ backend }) => backend))].filter(isOnGpu);
  if (backends.length === 0) return undefined;
  const bySize = [...rows].sort((a, b) => byteCount(a.shape) - byteCount(b.shape));
  const [smallest, largest] = [bySize[0]!, bySize.at(-1)!].map(({ shape }) => shapeText(shape));
  const inNode = backends.includes('webgpu')
    ? '\n- In Node, through the npm package `webgpu`: `npm run bench -- --backends webgpu`.'
    : '';
  return `## On your GPU

\`\`\`sh
npm run bench:web -- --backends ${backends.join(',')} --shapes quick
\`\`\`

opens the same measurement in your browser; press Start. Export JSON saves the result, and \`npm run bench -- docs FILE --name my-gpu\`
makes a page like this one of it. Look at

- the line "Graphics": it must name your device, and not say that rendering is in software;
- the columns of peers: how many times our time each takes, in the same run on the same device;
- ${largest}, where memory is the limit: the last column says how many times the time of the passes over memory ours takes;
- ${smallest}, where the time is that of asking the device for work, whoever asks;
- the warning in the verdict, if the device was busy with something else.${inNode}`;
}
