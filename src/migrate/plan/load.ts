import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { z } from 'zod';
import { messageOf, MillraceError } from '../../core/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import type { Diagnostic } from '../../model/index.ts';
import { execute } from '../../source/bind/execute.ts';
import type { MigrationStep } from '../step/step.ts';
import { compareVersions, isVersion } from '../version/version.ts';
import { placeOfMember, placeOfThrown, syntaxError } from './place.ts';
import type { StepFile } from './planned-step.ts';
import { stepShape } from './shape.ts';

/** The steps of a system, and what is wrong with their modules. */
export interface LoadedSteps {
  /** By version, the oldest first. */
  readonly files: readonly StepFile[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The modules in `migrations/` beside the entry of a system, absolute, in order of their names. */
export function stepModules(entry: string): readonly string[] {
  const folder = join(dirname(entry), 'migrations');
  try {
    return readdirSync(folder)
      .filter((file) => /(?<!\.d|\.test|\.test-d)\.m?[tj]s$/.test(file))
      .toSorted()
      .map((file) => join(folder, file));
  } catch {
    return [];
  }
}

/**
 * Executes the modules in `migrations/` beside the entry of a system, and looks at what they export. All problems in one
 * pass, each with its place: MR1813 (a module that throws, or is no TypeScript), MR1814 (it exports no step), MR1815 (the
 * versions of a step), MR1816 (two steps from one version to the same).
 *
 * @param limit How long a module may take, in milliseconds; one that awaits longer is MR1813.
 */
export async function loadSteps(entry: string, cwd: string, limit: number = 30_000): Promise<LoadedSteps> {
  const files: StepFile[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const path of stepModules(entry)) {
    const loaded = await loadStep(path, cwd, limit);
    if ('step' in loaded) files.push(loaded);
    else diagnostics.push(...loaded.diagnostics);
  }
  files.sort((a, b) => compareVersions(a.step.from, b.step.from) || compareVersions(a.step.to, b.step.to));
  for (const [index, { step, file, path }] of files.entries()) {
    const twin = files[index - 1];
    if (twin === undefined || twin.step.from !== step.from || twin.step.to !== step.to) continue;
    const message = `'${file}' and '${twin.file}' both lead from ${step.from} to ${step.to}.`;
    diagnostics.push(problem('MR1816', file, at(path, ['from']), message, 'Put them together, or remove one.'));
  }
  return { files, diagnostics };
}

/** What each module said when it was executed first. */
const first = new Map<string, string>();

/** Something else for each text of a file, in a process that lives long enough to see several. */
function editionOf(path: string): string | undefined {
  const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
  const known = first.get(path) ?? hash;
  first.set(path, known);
  return known === hash ? undefined : hash;
}

async function loadStep(
  path: string,
  cwd: string,
  limit: number,
): Promise<StepFile | { readonly diagnostics: readonly Diagnostic[] }> {
  const file = shownPath(path, cwd);
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = await within(limit, execute(path, editionOf(path)));
  } catch (error) {
    const cause = error instanceof MillraceError && error.code === 'MR1017' ? error.cause : error;
    const { path: other, place, said } = syntaxError(cause) ?? placeOfThrown(cause, path);
    const message = `'${file}' cannot be executed: ${said ?? firstLine(messageOf(cause))}`;
    const hint = 'Mend the module; nothing is migrated while one of them fails.';
    return { diagnostics: [problem('MR1813', shownPath(other, cwd), place, message, hint)] };
  }
  // Where the package has no "type": "module", tsx makes CommonJS of it.
  const inner = exports['default'] as { readonly __esModule?: true; readonly default?: unknown } | undefined;
  const value: unknown = inner?.__esModule === true ? inner.default : inner;
  if (value === undefined || value === null || (value as { readonly kind?: unknown }).kind !== 'migration') {
    const what = value === undefined ? 'has no default export' : 'exports something else than a step by default';
    const hint =
      "Write `export default migration({ from: '1.0.0', to: '2.0.0' })`, with `migration` of millrace/migrate.";
    return { diagnostics: [problem('MR1814', file, at(path, []), `'${file}' ${what}.`, hint)] };
  }
  const parsed = stepShape.safeParse(value);
  if (!parsed.success) {
    const hint = 'The types of `migration` in millrace/migrate tell what a step may have.';
    return {
      diagnostics: parsed.error.issues.flatMap(problemsOf).map((issue) => {
        const where = issue.path.length === 0 ? '' : `'${issue.path.map(String).join('.')}': `;
        return problem('MR1814', file, at(path, issue.path), `${where}${issue.message}.`, hint);
      }),
    };
  }
  const step = value as MigrationStep;
  const diagnostics = versionProblems(step, file, path);
  return diagnostics.length > 0 ? { diagnostics } : { path, file, step };
}

/**
 * What comes of a promise, in time. Its timer also keeps the process alive: Node ends one in which nothing is left that
 * could settle an `await` at the top of a module.
 */
async function within<T>(limit: number, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new Error(`an \`await\` at its top level did not end within ${limit / 1000} s.`);
    // It would lead here, and not into the module.
    error.stack = error.message;
    late.reject(error);
  }, limit);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function versionProblems({ from, to }: MigrationStep, file: string, path: string): readonly Diagnostic[] {
  const wrong = (['from', 'to'] as const).filter((key) => !isVersion({ from, to }[key]));
  if (wrong.length > 0) {
    const hint = "Write three numbers with dots, such as '2.0.0'.";
    return wrong.map((key) =>
      problem('MR1815', file, at(path, [key]), `\`${key}\`: '${{ from, to }[key]}' is not a version.`, hint),
    );
  }
  if (compareVersions(from, to) < 0) return [];
  const message = `The step leads from ${from} to ${to}, which is not later.`;
  const hint = 'A step leads upwards; the way back stands in its `down`.';
  return [problem('MR1815', file, at(path, ['to']), message, hint)];
}

type Issue = Pick<z.core.$ZodIssue, 'path' | 'message'>;

/** What is wrong, in the alternative that comes nearest. */
function problemsOf(issue: z.core.$ZodIssue): readonly Issue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: `a step has no member '${key}' here` }));
  }
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const deeper = issue.errors.find((errors) => errors.every(({ path }) => path.length > 0));
  if (deeper === undefined) return [{ path: issue.path, message: 'this is not what a step has here' }];
  return deeper.flatMap(problemsOf).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

const at = (path: string, member: readonly PropertyKey[]) => placeOfMember(readFileSync(path, 'utf8'), member);
const firstLine = (text: string): string => text.split('\n')[0] ?? text;

function problem(
  code: string,
  file: string,
  place: ReturnType<typeof placeOfMember>,
  message: string,
  hint: string,
): Diagnostic {
  return { code, severity: 'error', message, file, ...place, hint };
}
