/** A Vite plugin: the module 'virtual:datasets', with data sets of this machine as files of the page. */
import { join } from 'node:path';
import { fileNames } from '@bn/lenet';

const id = 'virtual:datasets';
const resolvedId = `\0${id}`;

/** @param {{ name: string, path: string }[]} datasets What each is called, and the folder of its four files. */
export function datasetsPlugin(datasets) {
  return {
    name: 'lab-datasets',
    resolveId: (source) => (source === id ? resolvedId : undefined),
    load(loaded) {
      if (loaded !== resolvedId) return undefined;
      const entries = datasets.map(({ name, path }, number) => {
        const files = Object.keys(fileNames).map((key) => `${key}: ${key}${number}`);
        const imports = Object.entries(fileNames).map(
          ([key, file]) => `import ${key}${number} from ${JSON.stringify(`${join(path, file)}?url`)};`,
        );
        return { imports, text: `{ name: ${JSON.stringify(name)}, files: { ${files.join(', ')} } }` };
      });
      return `${entries.flatMap(({ imports }) => imports).join('\n')}
export default [${entries.map(({ text }) => text).join(', ')}];`;
    },
  };
}
