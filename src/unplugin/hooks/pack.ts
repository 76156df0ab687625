import { existsSync } from 'node:fs';
import { inFull, type Problem } from '../problem.ts';
import type { Standing } from '../compilation.ts';
import type { Unit } from '../unit.ts';

/** What webpack and Rspack have in common. */
interface Compiler {
  readonly context: string;
  readonly hooks: {
    readonly beforeRun: Hook;
    readonly watchRun: Hook;
    readonly thisCompilation: { tap(name: string, told: (compilation: PackCompilation) => void): void };
  };
}

interface Hook {
  tapPromise(name: string, told: () => Promise<void>): void;
}

interface PackCompilation {
  readonly errors: unknown;
  readonly warnings: unknown;
  readonly fileDependencies: { add(file: string): unknown };
  readonly missingDependencies: { add(file: string): unknown };
}

/** Compiles before webpack or Rspack resolve anything. */
export function packHooks(unit: Unit, compiler: Compiler): void {
  const compilation = unit.open(compiler, compiler.context);
  let standing: Standing | undefined;
  const look = async (): Promise<void> => {
    standing = await compilation.refresh();
  };
  compiler.hooks.beforeRun.tapPromise('millrace', look);
  compiler.hooks.watchRun.tapPromise('millrace', look);
  compiler.hooks.thisCompilation.tap('millrace', ({ errors, warnings, fileDependencies, missingDependencies }) => {
    for (const file of standing?.files ?? []) (existsSync(file) ? fileDependencies : missingDependencies).add(file);
    push(errors, standing?.errors);
    push(warnings, standing?.warnings);
  });
}

/** Both take errors, but each says so with a type of its own. */
function push(into: unknown, problems: readonly Problem[] = []): void {
  for (const problem of problems) (into as { push(error: Error): unknown }).push(new Told(problem));
}

/** A problem as webpack shows it: without a stack, which would be ours. */
class Told extends Error {
  override readonly name = 'MillraceError';
  readonly hideStack = true;
  readonly code: string;
  readonly file: string | undefined;

  constructor(problem: Problem) {
    super(inFull(problem));
    this.stack = '';
    this.code = problem.code;
    this.file = problem.place?.file;
  }
}
