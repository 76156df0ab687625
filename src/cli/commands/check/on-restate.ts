import { dirname, join } from 'node:path';
import { shownPath } from '../../../core/shown-path.ts';
import type { Diagnostic } from '../../../model/index.ts';
import type { FoundSystem } from '../../../project/systems/read.ts';
// The face of the room loads the SDK, too, which nobody needs who only reads.
import { unsupportedIn } from '../../../restate/supported/in-model.ts';

/** What `dsl serve` would refuse these systems for. */
export function restateProblems(systems: readonly FoundSystem[], cwd: string): readonly Diagnostic[] {
  const seen = new Set<string>();
  return systems.flatMap(({ entry, model }) =>
    unsupportedIn(model).flatMap(({ code, message, hint, source }): Diagnostic[] => {
      const { line, column, endLine, endColumn } = source;
      const file = shownPath(join(dirname(entry), source.file), cwd);
      const key = `${code} ${file}:${line}:${column} ${message}`;
      if (seen.has(key)) return [];
      seen.add(key);
      return [{ code, severity: 'error', message, file, line, column, endLine, endColumn, hint }];
    }),
  );
}
