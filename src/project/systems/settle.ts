import { MillraceError } from '../../core/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import { hasIntent } from '../../migrate/apply/intent-path.ts';
import type { Diagnostic } from '../../model/index.ts';

/**
 * Ends the migrations of these systems that were interrupted, before anybody reads the files: what is half done would be
 * read as a version that never was. One that is under way is left alone.
 */
export async function settleMigrations(files: readonly string[], cwd: string): Promise<readonly Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  for (const entry of files.filter(hasIntent)) {
    const file = shownPath(entry, cwd);
    const place = { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
    try {
      const recovery = await (await import('../../migrate/apply/recover.ts')).recoverMigration(entry);
      if (recovery === undefined) continue;
      const { outcome, to, saved } = recovery;
      const message = `A migration${to === '' ? '' : ` to ${to}`} that had been interrupted was ${outcome}.`;
      const kept = saved.map((path) => shownPath(path, cwd));
      const hint =
        kept.length === 0 ? undefined : `What had been changed by hand meanwhile is kept: ${kept.join(', ')}.`;
      diagnostics.push({ code: 'MR3511', severity: 'info', message, ...place, ...(hint !== undefined && { hint }) });
    } catch (thrown) {
      if (!(thrown instanceof MillraceError)) throw thrown;
      if (thrown.code !== 'MR3510')
        diagnostics.push({ code: thrown.code, severity: 'error', message: thrown.message, ...place });
    }
  }
  return diagnostics;
}
