import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { MillraceError } from '../../core/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import type { Places } from '../options.ts';

/** The user's own TypeScript and how the user's project is set up. */
export interface Compiler {
  /** The script that Node runs. */
  readonly tsc: string;
  readonly version: string;
  /** Absolute. */
  readonly tsconfig: string;
  /** Declarations of the project that hold without being imported. Absolute. */
  readonly ambient: readonly string[];
  /** What the project says itself of folders that count as one. Absolute. */
  readonly rootDirs: readonly string[];
}

/** A run of `tsc`. */
export interface Ran {
  readonly status: number;
  readonly output: string;
}

function unusable(message: string, details: Readonly<Record<string, unknown>> = {}, cause?: unknown): MillraceError {
  return new MillraceError(message, { code: 'MR5002', retryable: false, fault: 'environment', details, cause });
}

/**
 * Finds the TypeScript and the `tsconfig.json` of a project.
 *
 * @throws MillraceError MR5002 when there is none, or when it cannot be read
 */
export async function findCompiler(places: Places, signal?: AbortSignal): Promise<Compiler> {
  const root = resolve(places.root);
  const tsconfig = places.tsconfig === undefined ? nearestConfig(places.tasksDir, root) : resolve(places.tsconfig);
  if (tsconfig === undefined || !existsSync(tsconfig)) {
    const where =
      tsconfig === undefined ? `no tsconfig.json above ${shownPath(places.tasksDir, root)}` : `no ${tsconfig}`;
    throw unusable(
      `There is ${where}: generated code is checked with the project's own settings. \`dsl init\` shows one that fits.`,
      { root },
    );
  }
  const { tsc, version } = findTypeScript(root);
  const shown = await runCompiler(tsc, ['--showConfig', '-p', tsconfig], dirname(tsconfig), signal);
  let config: {
    readonly files?: readonly string[];
    readonly references?: readonly unknown[];
    readonly compilerOptions?: { readonly rootDirs?: readonly string[] };
  };
  try {
    config = JSON.parse(shown.output) as typeof config;
  } catch (cause) {
    throw unusable(`${shownPath(tsconfig, root)} cannot be read: ${firstLine(shown.output)}`, { tsconfig }, cause);
  }
  // Its own settings say nothing of how the code is checked.
  if ((config.references ?? []).length > 0 && (config.files ?? []).length === 0)
    throw unusable(
      `${shownPath(tsconfig, root)} only refers to others, so it does not say how tasks are checked. Put a tsconfig.json beside them, or name the one that holds for them (places.tsconfig).`,
      { tsconfig },
    );
  const inFolder = (path: string): string => (isAbsolute(path) ? path : join(dirname(tsconfig), path));
  return {
    tsc,
    version,
    tsconfig,
    ambient: (config.files ?? []).filter((path) => /\.d\.[cm]?ts$/.test(path)).map(inFolder),
    rootDirs: (config.compilerOptions?.rootDirs ?? []).map(inFolder),
  };
}

/** Runs `tsc`. What it says of the code is its output. @throws MillraceError MR5002 when it cannot run */
export function runCompiler(tsc: string, args: readonly string[], cwd: string, signal?: AbortSignal): Promise<Ran> {
  return new Promise((done, fail) => {
    const options = { cwd, maxBuffer: 64 * 1024 * 1024, timeout: 120_000, ...(signal === undefined ? {} : { signal }) };
    execFile(process.execPath, [tsc, ...args], options, (error, stdout, stderr) => {
      if (signal?.aborted === true) return fail(signal.reason as Error);
      const status = error === null ? 0 : error.code;
      if (typeof status === 'number') return done({ status, output: stdout });
      fail(unusable(`TypeScript could not be run: ${firstLine(stderr) || (error?.message ?? '')}`, { tsc }, error));
    });
  });
}

function nearestConfig(from: string, root: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const path = join(folder, 'tsconfig.json');
    if (existsSync(path)) return path;
    if (relative(root, folder) === '' || dirname(folder) === folder) return undefined;
  }
}

function findTypeScript(root: string): { readonly tsc: string; readonly version: string } {
  try {
    const manifest = createRequire(join(root, 'package.json')).resolve('typescript/package.json');
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string };
    return { tsc: join(dirname(manifest), 'bin/tsc'), version };
  } catch (cause) {
    throw unusable('TypeScript is not installed in the project: `npm i -D typescript`.', { root }, cause);
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
