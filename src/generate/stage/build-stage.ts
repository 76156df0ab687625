import { basename, dirname, relative } from 'node:path';
import { build, type Message } from 'esbuild';
import type { Diagnostic } from '../../model/index.ts';
import type { Stage, Subject } from '../contract.ts';
import { bundler } from './bundler.ts';

/** What of a subject its stage is made from. */
export type StageSubject = Pick<Subject, 'root' | 'file' | 'contracts' | 'contract'>;

export type BuiltStage =
  | { readonly ok: true; readonly stage: Stage }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

/**
 * A task's module and all that it imports as one file that needs nothing beside it, so that it can be tried where there
 * are no other files. The code need not be on disk. What of Node reaches the world becomes a stand-in that throws when it
 * is used.
 */
export async function buildStage(code: string, subject: StageSubject): Promise<BuiltStage> {
  const { root, file, contracts, contract } = subject;
  const entry = [
    `import implementation from ${specifier(dirname(file), file)};`,
    `import { ${contract} as contract } from ${specifier(dirname(file), contracts)};`,
    // Not the contract that the code names: that one would judge itself.
    'export const run = implementation?.kind === "implementation" ? implementation.run : undefined;',
    'export { contract };',
  ].join('\n');
  try {
    const { outputFiles } = await build({
      stdin: { contents: entry, resolveDir: dirname(file), sourcefile: 'stage.ts', loader: 'ts' },
      ...settings,
      absWorkingDir: root,
      plugins: [bundler({ texts: new Map([[file, code]]), builtins: 'closed', root })],
    });
    return { ok: true, stage: { bundle: outputFiles[0]?.text ?? '', task: contract } };
  } catch (error) {
    const problems = messagesOf(error);
    if (problems === undefined) throw error;
    return { ok: false, problems: problems.map((one) => diagnosticOf(one, subject)) };
  }
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

/** An import of a file from a folder, as a literal. */
function specifier(from: string, to: string): string {
  const path = relative(from, to).replaceAll('\\', '/');
  return JSON.stringify(path.startsWith('.') ? path : `./${path}`);
}

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
