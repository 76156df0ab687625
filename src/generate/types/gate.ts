import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { specifier } from '../../compiler/paths.ts';
import { MillraceError } from '../../core/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import type { Diagnostic } from '../../model/index.ts';
import { quote } from '../../model/text/names.ts';
import { problemIn } from '../codes.ts';
import type { GateReport, Subject } from '../contract.ts';
import type { Places } from '../options.ts';
import { digest } from '../keep/hash.ts';
import { checkTypes, type TypeProblem } from './check.ts';
import { findCompiler, type Compiler } from './compiler.ts';
import { typeEscapes } from './escapes.ts';

/** The type checker of one project. */
export interface TypeGate {
  /** Part of every key: another version may judge otherwise. */
  readonly version: string;
  /** Absolute. */
  readonly tsconfig: string;
  /** @throws MillraceError MR5004 when the contracts themselves do not type-check: no code could */
  contracts(subject: Subject): Promise<void>;
  /** Gate `types`. */
  judge(code: string, subject: Subject, signal?: AbortSignal): Promise<GateReport>;
  /** Are these files, as they stand in the project, what their contracts ask for? Gives the problems of each. */
  standing(subjects: readonly Subject[], signal?: AbortSignal): Promise<ReadonlyMap<string, readonly Diagnostic[]>>;
}

/** Opens the type checker of a project. @throws MillraceError MR5002 */
export async function openTypeGate(places: Places, signal?: AbortSignal): Promise<TypeGate> {
  const root = resolve(places.root);
  const compiler = await findCompiler(places, signal);
  const sound = new Map<string, Promise<void>>();
  return {
    version: `${compiler.version} ${digest(readFileSync(compiler.tsconfig, 'utf8')).slice(0, 16)}`,
    tsconfig: compiler.tsconfig,
    contracts(subject) {
      const key = `${subject.contracts} ${digest(readFileSync(subject.contracts, 'utf8'))}`;
      const known = sound.get(key) ?? checkContracts(root, compiler, subject);
      sound.set(key, known);
      known.catch(() => sound.delete(key));
      return known;
    },
    async judge(code, subject, signal) {
      const started = performance.now();
      const shown = shownPath(subject.file, root);
      const problems = [...typeEscapes(code, shown)];
      const found = await checkTypes(root, compiler, new Map([[subject.file, code], probeOf(subject)]), signal);
      problems.push(...found.map((one) => told(one, subject, root)));
      return { gate: 'types', ok: problems.length === 0, problems, took: performance.now() - started };
    },
    async standing(subjects, signal) {
      const found = await checkTypes(root, compiler, new Map(subjects.map(probeOf)), signal);
      const byFile = new Map<string, Diagnostic[]>(subjects.map(({ file }) => [file, []]));
      for (const one of found) {
        const subject = subjects.find((each) => one.file === each.file || one.file === probePath(each));
        if (subject !== undefined) byFile.get(subject.file)?.push(told(one, subject, root, 'MR5017'));
      }
      return byFile;
    },
  };
}

async function checkContracts(root: string, compiler: Compiler, subject: Subject): Promise<void> {
  const path = resolve(dirname(subject.file), '.millrace-contracts.ts');
  const text = `import * as contracts from ${quote(specifier(dirname(path), subject.contracts))};\nimport type { TaskImplementation } from 'millrace/tasks';\nexport type Every = TaskImplementation<typeof contracts.${subject.contract}>;\n`;
  const problems = await checkTypes(root, compiler, new Map([[path, text]]));
  if (problems.length === 0) return;
  const lines = problems.map(({ file, line, column, code, message }) =>
    file === undefined ? `${code}: ${message}` : `${shownPath(file, root)}:${line}:${column} ${code}: ${message}`,
  );
  throw new MillraceError(
    `The contract of '${subject.task.name}' does not type-check, so no code for it could: ${lines.slice(0, 5).join('; ')}. Mend that first: nothing was asked of a model.`,
    { code: 'MR5004', retryable: false, fault: 'input', details: { task: subject.task.name, problems: lines } },
  );
}

function probePath(subject: Subject): string {
  return resolve(dirname(subject.file), `.millrace-${basename(subject.file)}`);
}

/** Beside the code: what its default export has to be. One that is `any` would be everything. */
function probeOf(subject: Subject): readonly [path: string, text: string] {
  const path = probePath(subject);
  return [
    path,
    [
      "import type { TaskImplementation } from 'millrace/tasks';",
      `import implementation from ${quote(`./${basename(subject.file)}`)};`,
      `import type { ${subject.contract} as contract } from ${quote(specifier(dirname(path), subject.contracts))};`,
      'type IsAny<T> = 0 extends 1 & T ? true : false;',
      'implementation satisfies TaskImplementation<typeof contract>;',
      'export const isAny: IsAny<typeof implementation> = false;',
      '',
    ].join('\n'),
  ];
}

/** What `tsc` says, at its place in the code; of the probe: about the default export. */
function told(problem: TypeProblem, subject: Subject, root: string, code = 'MR5010'): Diagnostic {
  const { file, line, column, message } = problem;
  const text = `${problem.code}: ${message}`;
  if (file === subject.file) return problemIn(shownPath(file, root), code, text, { line, column });
  const own = shownPath(subject.file, root);
  if (file === probePath(subject))
    return problemIn(own, code, `The default export is no implementation of '${subject.task.name}': ${text}`);
  return problemIn(file === undefined ? own : shownPath(file, root), code, text, { line, column });
}
