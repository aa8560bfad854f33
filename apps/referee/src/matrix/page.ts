/** Writes docs/referee.md from the columns. */
import { softwareRenderer } from '@bn/backends';
import { goldenRows, pytorchVersion } from '@bn/conformance/golden';
import { ways } from '../contenders/list.js';
import { reproductions } from '../reproductions/list.js';
import { backendsOf, codeOn, type Reproduction } from '../reproductions/reproduction.js';
import { type Column, wrongFrom } from './cells.js';
import { byWay, tableOf } from './table.js';

/** The columns, and where they were made. */
export interface Matrix {
  readonly columns: readonly Column[];
  /** Versions by name. */
  readonly runtimes: Readonly<Record<string, string>>;
}

const versionList = (versions: Readonly<Record<string, string>>): string =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');

function sections({ columns }: Matrix): string {
  return byWay(columns)
    .map(([way, own]) => {
      const found = reproductions.filter((each) => each.way === way);
      const shown = found.map(programText);
      return [`## ${ways[way].title}\n`, `${ways[way].text}\n`, `${tableOf(own)}\n`, ...shown].join('\n');
    })
    .join('\n');
}

/** The program on its first backend. */
function programText(reproduction: Reproduction): string {
  const backends = backendsOf(reproduction);
  const code = codeOn(reproduction, backends[0]!);
  return `${reproduction.title} (${backends.join(', ')}):\n\n\`\`\`js\n${code}\n\`\`\`\n`;
}

/** What the contenders on graphics devices were rendered by. */
function renderers({ columns }: Matrix): string {
  const found = columns.flatMap(({ contender, renderer }) =>
    renderer === undefined ? [] : [[contender.backend, renderer] as const],
  );
  const lines = [...new Map(found)].map(([backend, renderer]) => {
    const software =
      softwareRenderer(renderer) === undefined ? 'a graphics processor' : 'software, no graphics processor';
    return `- ${backend}: ${renderer} (${software})\n`;
  });
  return lines.length === 0 ? '' : `\nRendered by\n\n${lines.join('')}`;
}

export function page(matrix: Matrix): string {
  const versions = Object.assign({}, ...matrix.columns.map(({ versions }) => versions)) as Record<
    string,
    string
  >;
  return `# Referee

Made by \`npm run referee\`; do not edit. The golden data of @bn/conformance, ${goldenRows.length} cases, put to what people may use
to normalize in JavaScript, and to PyTorch.

Versions: ${versionList(versions)}. Run in ${versionList(matrix.runtimes)}.
${renderers(matrix)}
The truth is PyTorch ${pytorchVersion} in float64. The error of a result is max |result - truth| / scale, where the scale is the largest
magnitude among the output and the terms whose sum it is. A float32 kernel may have an error of max(p, 2^-22 + s): p is that of
PyTorch's own float32 kernel, 2^-22 stands for four roundings, and s is what half a unit in the last place of mean and
variance costs. s decides at an offset of 10,000, where it is 5e-4.

A cell shows the largest error, and in parentheses the largest ratio of an error to what a float32 kernel may have, over
the cases that are not red. Red, in bold, are the cases that are

- wrong: the error is more than ${wrongFrom} times what a float32 kernel may have, or a value is not finite;
- refused: it throws an error;
- crashed: its process or page ended, its graphics device was lost, or it did not answer. The next case gets a new
  process, or a new browser.

A minus: it has nothing for the operation. Cases that it has nothing for are not counted. Not run: what it needs is missing;
the line below the table says what. On wasm in Node memory is handed out full of large numbers, so that what a kernel leaves
unwritten shows.

Below each table is a program for each red cause, and in parentheses the backends where the cause shows. The program is for the
first; for another, change the import, and the name in \`tf.setBackend\` or \`executionProviders\`. Programs for webgl and webgpu
are modules of a page, whose server has onnxruntime-web's files under /node_modules.

${sections(matrix)}`;
}
