import { basename, relative } from 'node:path';
import { build, type Message, type Plugin } from 'esbuild';
import type { Diagnostic } from '../../model/index.ts';
import type { Stage, Subject } from '../contract.ts';
import { bundler } from './bundler.ts';

/** What of a subject its stage is made from. */
export type StageSubject = Pick<Subject, 'root' | 'file' | 'contracts' | 'contract'> & Partial<Pick<Subject, 'task'>>;

export type BuiltStage =
  | { readonly ok: true; readonly stage: Stage }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

/**
 * A task's module and all that it imports as one file that needs nothing beside it, so that it can be tried where there
 * are no other files. The code need not be on disk. What of Node reaches the world becomes a stand-in that throws when it
 * is used.
 */
export async function buildStage(code: string, subject: StageSubject): Promise<BuiltStage> {
  try {
    const { outputFiles } = await build({
      stdin: {
        contents: entryOf(subject, subject.file),
        resolveDir: subject.root,
        sourcefile: 'stage.ts',
        loader: 'ts',
      },
      ...settings,
      absWorkingDir: subject.root,
      plugins: [bundler({ texts: new Map([[subject.file, code]]), builtins: 'closed', root: subject.root })],
    });
    const step = subject.task === undefined ? {} : { step: subject.task.name };
    return { ok: true, stage: { bundle: outputFiles[0]?.text ?? '', task: subject.contract, ...step } };
  } catch (error) {
    const problems = messagesOf(error);
    if (problems === undefined) throw error;
    return { ok: false, problems: problems.map((one) => diagnosticOf(one, subject)) };
  }
}

/** The code of one task in several variants, each a module of its own; what they share is loaded once. */
export interface Variants {
  /** The files of a stage, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** The file of each variant. */
  readonly entries: readonly string[];
}

/** Puts variants of a module together, as `buildStage` does with one. */
export async function buildVariants(codes: readonly string[], subject: StageSubject): Promise<Variants> {
  const names = codes.map((_, index) => `variant-${index}`);
  const texts = new Map(codes.map((code, index) => [variantPath(subject.file, index), code]));
  const entries = new Map(names.map((name, index) => [name, entryOf(subject, variantPath(subject.file, index))]));
  const { outputFiles } = await build({
    entryPoints: names.map((name) => ({ in: name, out: name })),
    ...settings,
    splitting: true,
    outdir: '/stage',
    outExtension: { '.js': '.mjs' },
    absWorkingDir: subject.root,
    plugins: [entryPoints(entries, subject.root), bundler({ texts, builtins: 'closed', root: subject.root })],
  });
  const files = outputFiles.map(({ path, text }) => [basename(path), text] as const);
  return { files: Object.fromEntries(files), entries: names.map((name) => `${name}.mjs`) };
}

/** Beside the file itself, so that what it imports is found. */
function variantPath(file: string, index: number): string {
  return file.replace(/\.ts$/, `.variant-${index}.ts`);
}

function entryPoints(texts: ReadonlyMap<string, string>, resolveDir: string): Plugin {
  return {
    name: 'entries',
    setup(build) {
      build.onResolve({ filter: /^variant-/ }, ({ path, kind }) =>
        kind === 'entry-point' ? { path, namespace: 'entry' } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'entry' }, ({ path }) => ({
        contents: texts.get(path) ?? '',
        loader: 'ts',
        resolveDir,
      }));
    },
  };
}

function entryOf({ contracts, contract }: StageSubject, file: string): string {
  return [
    `import implementation from ${JSON.stringify(file)};`,
    `import { ${contract} as contract } from ${JSON.stringify(contracts)};`,
    // Not the contract that the code names: that one would judge itself.
    'export const run = implementation?.kind === "implementation" ? implementation.run : undefined;',
    'export { contract };',
  ].join('\n');
}

/** How stages, contracts and the process that tries code are put together. */
export const settings = {
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  target: 'es2024',
  logLevel: 'silent',
  legalComments: 'none',
  define: { 'process.env.NODE_ENV': '"production"' },
} as const;

function messagesOf(error: unknown): readonly Message[] | undefined {
  const { errors } = error as { readonly errors?: unknown };
  return Array.isArray(errors) && errors.length > 0 ? (errors as Message[]) : undefined;
}

function diagnosticOf({ text, location }: Message, { root, file }: StageSubject): Diagnostic {
  const line = location?.line ?? 1;
  const column = (location?.column ?? 0) + 1;
  return {
    code: 'MR5044',
    severity: 'error',
    message: `The module of the task cannot be put together for verification: ${text}.`,
    file: location?.file ?? (relative(root, file) || basename(file)),
    line,
    column,
    endLine: line,
    endColumn: column + (location?.length ?? 1),
    hint: 'Import only what is in the project and in its packages.',
  };
}
