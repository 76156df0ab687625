import { writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { MillraceError } from '../../core/index.ts';
import { runCompiler, type Compiler } from './compiler.ts';
import { layOver } from './overlay.ts';

/** One thing that `tsc` says. */
export interface TypeProblem {
  /** Absolute, in the project. Left out: it is about the settings. */
  readonly file?: string;
  readonly line: number;
  readonly column: number;
  /** Such as `TS2322`. */
  readonly code: string;
  readonly message: string;
}

/** The settings that would write something, or be about other files than those that are checked. */
const settings = {
  rootDir: null,
  noEmit: true,
  composite: false,
  incremental: false,
  tsBuildInfoFile: null,
  outDir: null,
  outFile: null,
  declaration: false,
  declarationDir: null,
  declarationMap: false,
  emitDeclarationOnly: false,
  skipLibCheck: true,
  // What zod infers holds only so; and a parameter without a type would be any.
  strict: true,
};

/**
 * Checks texts as if they stood in the project, with its settings, and with what they import of it. Nothing is written
 * into the project.
 *
 * @throws MillraceError MR5002 when `tsc` fails and says of no place why
 */
export async function checkTypes(
  root: string,
  compiler: Compiler,
  files: ReadonlyMap<string, string>,
  signal?: AbortSignal,
): Promise<readonly TypeProblem[]> {
  const home = dirname(compiler.tsconfig);
  const overlay = layOver(resolve(root), files, [home]);
  try {
    const config = join(overlay.inside(home), 'tsconfig.millrace.json');
    const text = {
      extends: compiler.tsconfig,
      compilerOptions: { ...settings, rootDirs: [...compiler.rootDirs, overlay.top, overlay.folder] },
      files: [...Array.from(files.keys(), (path) => overlay.inside(path)), ...compiler.ambient],
      include: [],
      exclude: [],
      references: [],
    };
    writeFileSync(config, JSON.stringify(text));
    const ran = await runCompiler(compiler.tsc, ['-p', config, '--pretty', 'false'], overlay.folder, signal);
    const problems = readOutput(ran.output).map((problem) =>
      problem.file === undefined
        ? problem
        : { ...problem, file: overlay.outside(resolve(overlay.folder, problem.file)) },
    );
    if (ran.status !== 0 && problems.length === 0)
      throw new MillraceError(`tsc ended with ${ran.status} and says of no place why: ${ran.output.slice(0, 500)}`, {
        code: 'MR5002',
        retryable: false,
        fault: 'environment',
        details: { tsconfig: relative(root, compiler.tsconfig) },
      });
    return problems;
  } finally {
    overlay.remove();
  }
}

/** The problems in what `tsc --pretty false` prints. Lines that are indented go on with the one before. */
export function readOutput(output: string): readonly TypeProblem[] {
  const problems: TypeProblem[] = [];
  for (const line of output.split(/\r?\n/)) {
    const at = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*)$/.exec(line);
    const general = at === null ? /^error (TS\d+): (.*)$/.exec(line) : null;
    const last = problems.at(-1);
    if (at !== null)
      problems.push({ file: at[1]!, line: Number(at[2]), column: Number(at[3]), code: at[4]!, message: at[5]! });
    else if (general !== null) problems.push({ line: 1, column: 1, code: general[1]!, message: general[2]! });
    else if (last !== undefined && /^\s+\S/.test(line))
      problems[problems.length - 1] = { ...last, message: `${last.message}\n${line.trimEnd()}` };
  }
  return problems;
}
