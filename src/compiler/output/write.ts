import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MillraceError } from '../../core/index.ts';
import { writeFiles } from '../../core/write-files.ts';
import type { Diagnostic } from '../../model/index.ts';
import type { CompileResult } from '../compile.ts';
import { diagnoseFile } from '../diagnostics.ts';
import {
  hashText,
  manifestName,
  printManifest,
  readIfThere,
  newerFormat,
  readManifest,
  type Manifest,
} from '../manifest/manifest.ts';
import { joinPath } from '../paths.ts';
import { judge, type Judged } from './judge.ts';

/** How output is written. */
export interface WriteOptions {
  /** The folder of one system's files. */
  readonly outDir: string;
  /** Write nothing: report what would be written or removed, and what was edited by hand. */
  readonly check?: boolean;
  /** Overwrite what was edited by hand, or stands in the way. */
  readonly force?: boolean;
}

/** What was done; paths are relative to the output folder. */
export interface WriteReport {
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  readonly removed: readonly string[];
  /** With `check`: files that are missing or are not what the source says. */
  readonly stale: readonly string[];
  /** Files that are not ours to change: edited by hand, or never generated. */
  readonly foreign: readonly string[];
  /** Every problem. When one is an error, nothing was written. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Writes compiled files: each in one piece, only where something changed, and all or none. Files that were edited by
 * hand are never overwritten (unless forced), files that were not generated are never touched, and generated files that
 * are no longer needed are removed when nobody changed them.
 *
 * @throws MillraceError MR1664 when the file system refuses; what was written is whole, and the next run goes on.
 * @example
 * ```ts
 * import { writeOutput, type CompileResult } from 'millrace/compiler';
 *
 * export function isUpToDate(result: CompileResult): boolean {
 *   return writeOutput(result, { outDir: 'generated/orders', check: true }).diagnostics.length === 0;
 * }
 * ```
 */
export function writeOutput(result: CompileResult, options: WriteOptions): WriteReport {
  const { outDir, check = false, force = false } = options;
  if (result.diagnostics.some((one) => one.severity === 'error')) return { ...empty, diagnostics: result.diagnostics };
  const newer = force ? undefined : newerFormat(outDir);
  if (newer !== undefined) return { ...empty, diagnostics: [newerManifest(newer, outDir)] };
  const before = readManifest(outDir);
  const files = result.files.filter((file) => file.path !== manifestName);
  const manifestText = result.files.find((file) => file.path === manifestName)?.text;
  const verdicts = judge(files, before, (path) => readIfThere(join(outDir, path)));
  const diagnostics = verdicts.flatMap((verdict) => problemOf(verdict, outDir, check, force) ?? []);
  const of = (...kinds: readonly Judged['verdict'][]): readonly string[] =>
    verdicts.filter(({ verdict }) => kinds.includes(verdict)).map(({ path }) => path);
  const foreign = of('edited', 'in the way', 'orphan, edited');
  const unchanged = of('same');
  const stale = of('missing', 'changed', 'edited', 'in the way', 'orphan');
  const manifestChanged = manifestText !== undefined && !isSame(join(outDir, manifestName), manifestText);
  if (check) {
    // An outdated manifest alone hides later edits by hand; it counts as stale like any other file.
    const outdated = manifestChanged && stale.length === 0 ? [manifestName] : [];
    const more = outdated.map((path) =>
      diagnoseFile(staleProblem('is not what the source says'), joinPath(outDir, path)),
    );
    return { ...empty, unchanged, foreign, stale: [...stale, ...outdated], diagnostics: [...diagnostics, ...more] };
  }
  if (diagnostics.some((one) => one.severity === 'error')) return { ...empty, unchanged, foreign, stale, diagnostics };

  const toWrite = new Set(of('missing', 'changed', ...(force ? (['edited', 'in the way'] as const) : [])));
  const removed = of('orphan', ...(force ? (['orphan, edited'] as const) : []));
  const written = files.filter((file) => toWrite.has(file.path));
  try {
    if (written.length > 0 && manifestText !== undefined) announce(outDir, before, manifestText);
    writeGenerated(written.map(({ path, text }) => [join(outDir, path), text]));
    for (const path of removed) removeFile(outDir, path);
    if (manifestText !== undefined && !isSame(join(outDir, manifestName), manifestText)) {
      writeGenerated([[join(outDir, manifestName), manifestText]]);
    }
  } catch (error) {
    throw refused(error, outDir);
  }
  return { written: [...toWrite], unchanged, removed, stale: [], foreign: force ? [] : foreign, diagnostics };
}

/** A newer Millrace knows which of the files were edited by hand; this one does not. */
function newerManifest(format: number, outDir: string): Diagnostic {
  return diagnoseFile(
    {
      code: 'MR1844',
      message: `A newer version of Millrace generated these files: the manifest has format ${format}, and this version reads format 1.`,
      hint: 'Use that version. `dsl compile --force` overwrites what it generated.',
    },
    joinPath(outDir, manifestName),
  );
}

const empty: WriteReport = { written: [], unchanged: [], removed: [], stale: [], foreign: [], diagnostics: [] };

function isSame(path: string, text: string): boolean {
  const bytes = readIfThere(path);
  return bytes !== undefined && hashText(bytes) === hashText(text);
}

/** Writes down what is about to be written, so that a kill in the middle does not look like edits by hand. */
function announce(outDir: string, before: Manifest | undefined, next: string): void {
  const manifest = JSON.parse(next) as Manifest;
  const known = { ...before?.outputs, ...before?.writing };
  const text = printManifest({ ...manifest, outputs: known, writing: manifest.outputs });
  writeGenerated([[join(outDir, manifestName), text]]);
}

/** What a power cut takes, the next run makes again. */
function writeGenerated(files: readonly (readonly [path: string, text: string])[]): void {
  writeFiles(files, { flush: false });
}

function removeFile(outDir: string, path: string): void {
  rmSync(join(outDir, path), { force: true });
  const folder = dirname(path);
  if (folder !== '.' && readdirSync(join(outDir, folder)).length === 0) rmdirSync(join(outDir, folder));
}

function refused(error: unknown, outDir: string): MillraceError {
  const reason = error instanceof Error ? error.message : String(error);
  return new MillraceError(
    `The generated files cannot be written to '${outDir}': ${reason}. Check the folder, its permissions and the space on the disk.`,
    {
      code: 'MR1664',
      retryable: true,
      fault: 'environment',
      cause: error,
    },
  );
}

function staleProblem(what: string): { readonly code: string; readonly message: string; readonly hint: string } {
  return { code: 'MR1660', message: `This generated file ${what}.`, hint: 'Run `dsl compile`.' };
}

function problemOf({ path, verdict }: Judged, outDir: string, check: boolean, force: boolean): Diagnostic | undefined {
  const file = joinPath(outDir, path);
  switch (verdict) {
    case 'same':
      return undefined;
    case 'missing':
      return check ? diagnoseFile(staleProblem('is missing'), file) : undefined;
    case 'changed':
      return check ? diagnoseFile(staleProblem('is not what the source says'), file) : undefined;
    case 'orphan':
      return check ? diagnoseFile(staleProblem('belongs to nothing in the source any more'), file) : undefined;
    case 'edited':
      if (force && !check) return undefined;
      return diagnoseFile(
        {
          code: 'MR1661',
          message: 'This generated file was edited by hand.',
          hint: 'Move the edit into the source, or run `dsl compile --force` to lose it.',
        },
        file,
      );
    case 'in the way':
      if (force && !check) return undefined;
      return diagnoseFile(
        {
          code: 'MR1662',
          message: 'A file that was not generated stands where a generated one belongs.',
          hint: 'Move it, choose another --out folder, or run `dsl compile --force` to overwrite it.',
        },
        file,
      );
    case 'orphan, edited':
      if (force && !check) return undefined;
      return diagnoseFile(
        {
          code: 'MR1663',
          severity: 'warning',
          message:
            'This generated file belongs to nothing in the source any more, but it was edited by hand, so it stays.',
          hint: 'Delete it when you have taken what you need from it.',
        },
        file,
      );
  }
}
