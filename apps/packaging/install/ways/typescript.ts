/** The TypeScript compiler checks the program, and our declarations with it, under its strictest settings. */
import { join } from 'node:path';
import ts from 'typescript';
import type { Project } from '../project.js';

const strict: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  skipLibCheck: false,
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  types: [],
};

const settings = {
  nodenext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
};

/** Errors in the program and in files of ours: those in other packages' declarations are not ours to mend. */
export function typeErrors({ folder }: Project, resolution: keyof typeof settings): string[] {
  const options = { ...strict, ...settings[resolution] };
  const program = ts.createProgram([join(folder, 'program.ts')], options, cachingHost(options));
  const diagnostics = [
    ...program.getOptionsDiagnostics(),
    ...program
      .getSourceFiles()
      .filter(({ fileName }) => isOurs(fileName))
      .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ];
  return diagnostics.map(
    ({ file, messageText }) =>
      `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
  );
}

const isOurs = (path: string): boolean => /\/node_modules\/@bn\/|\/program\.ts$/.test(path);

/** TypeScript's own declarations are parsed once for all projects. */
const libraries = new Map<string, ts.SourceFile | undefined>();

function cachingHost(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile;
  host.getSourceFile = (path, ...others) => {
    if (!/\/lib\.[\w.]+\.d\.ts$/.test(path)) return read(path, ...others);
    if (!libraries.has(path)) libraries.set(path, read(path, ...others));
    return libraries.get(path);
  };
  return host;
}
