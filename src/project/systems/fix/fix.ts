import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Diagnostic, Fix } from '../../../model/index.ts';
import { applyFixes, fixOf } from '../../../rules/index.ts';
import type { Config } from '../../config/config.ts';
import { findSystems, type Found } from '../read.ts';
import { writeTexts } from './write.ts';

/** A problem that was mended, and how. */
export interface Mended {
  readonly code: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly title: string;
}

/** What came of fixing. */
export interface Fixed {
  /** The systems as they are now, and the problems that remain. */
  readonly found: Found;
  readonly fixed: readonly Mended[];
}

interface Proposal {
  readonly diagnostic: Diagnostic;
  readonly fix: Fix;
}

/**
 * Mends what can be mended by a change of text. Every change is tried out in memory first, and made only when the
 * problem is gone then and no error is new; files are written last, each in one piece.
 */
export async function fixSystems(files: readonly string[], cwd: string, config: Config): Promise<Fixed> {
  const before = new Map<string, string>();
  const read = (path: string, changed: ReadonlyMap<string, string>): string | Uint8Array => {
    const text = changed.get(path);
    if (text !== undefined) return text;
    return readFileSync(path);
  };
  const findWith = async (changed: ReadonlyMap<string, string>): Promise<Found> =>
    await findSystems(files, cwd, config, { readFile: (path) => bytes(read(path, changed)) });
  let texts: ReadonlyMap<string, string> = new Map();
  let found = await findWith(texts);
  const fixed: Mended[] = [];
  const refused = new Map<string, Diagnostic>();
  const textOf = (file: string): string => {
    const path = resolve(cwd, file);
    const text = Buffer.from(bytes(read(path, texts))).toString('utf8');
    if (!before.has(path)) before.set(path, text);
    return text;
  };
  // Mending one problem may uncover the next; each round mends at least one.
  for (let round = 0; round < 10; round += 1) {
    const proposals = found.diagnostics.flatMap((diagnostic): Proposal[] => {
      if (refused.has(keyOf(diagnostic)) || /(^|\/)node_modules\//.test(diagnostic.file)) return [];
      const fix = diagnostic.file.endsWith('.json') ? undefined : fixOf(diagnostic, safely(textOf, diagnostic.file));
      return fix === undefined ? [] : [{ diagnostic, fix }];
    });
    if (proposals.length === 0) break;
    const attempt = async (some: readonly Proposal[]): Promise<boolean> => {
      const result = applyFixes(
        some.map(({ fix }) => fix),
        textOf,
      );
      const done = some.filter(({ fix }) => result.applied.includes(fix));
      const next = new Map([...texts, ...[...result.texts].map(([file, text]) => [resolve(cwd, file), text] as const)]);
      const after = await findWith(next);
      if (!isBetter(found.diagnostics, after.diagnostics, done)) return false;
      texts = next;
      found = after;
      for (const { diagnostic, fix } of done) {
        const { code, file, line, column } = diagnostic;
        fixed.push({ code, file, line, column, title: fix.title });
      }
      return true;
    };
    if (await attempt(proposals)) continue;
    // One of them does harm: by themselves the others may do good. Only the first is safe to place, the next round goes on.
    let isDone = false;
    for (const proposal of proposals) {
      isDone = await attempt([proposal]);
      if (isDone) break;
      refused.set(keyOf(proposal.diagnostic), proposal.diagnostic);
    }
    if (!isDone) break;
  }
  writeTexts(texts, before);
  return { found: { ...found, diagnostics: [...found.diagnostics, ...[...refused.values()].map(notApplied)] }, fixed };
}

/** Are the problems gone that were to be mended, and is no error new? */
function isBetter(before: readonly Diagnostic[], after: readonly Diagnostic[], done: readonly Proposal[]): boolean {
  const was = count(before);
  const is = count(after);
  const isNew = after.some(
    (each) => each.severity === 'error' && (is.get(keyOf(each)) ?? 0) > (was.get(keyOf(each)) ?? 0),
  );
  return !isNew && done.every(({ diagnostic }) => (is.get(keyOf(diagnostic)) ?? 0) < (was.get(keyOf(diagnostic)) ?? 0));
}

function count(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const each of diagnostics) counts.set(keyOf(each), (counts.get(keyOf(each)) ?? 0) + 1);
  return counts;
}

// Without the place, which moves when something before it is mended.
function keyOf({ code, file, message }: Diagnostic): string {
  return `${code} ${file} ${message.replaceAll(/line \d+/g, 'line')}`;
}

function notApplied({ code, file, line, column, endLine, endColumn }: Diagnostic): Diagnostic {
  return {
    code: 'MR2031',
    severity: 'info',
    message: `The fix of this ${code} was not made: it would not mend the problem, or bring a new error.`,
    file,
    line,
    column,
    endLine,
    endColumn,
    hint: 'Mend it by hand.',
  };
}

function safely(textOf: (file: string) => string, file: string): string {
  try {
    return textOf(file);
  } catch {
    return '';
  }
}

function bytes(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
}
