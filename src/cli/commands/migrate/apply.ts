import { relative } from 'node:path';
import { systemClock } from '../../../core/index.ts';
import { writeFiles } from '../../../core/write-files.ts';
import { planSteps } from '../../../migrate/plan/plan.ts';
import { planSource } from '../../../migrate/source/source.ts';
import { unifiedDiff } from '../../../migrate/source/unified-diff.ts';
import type { Diagnostic } from '../../../model/index.ts';
import { readSystem } from '../../../source/index.ts';
import type { Io } from '../../kit/io.ts';
import { hasErrors } from '../../systems/read.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import type { MigrateOptions } from './run.ts';

/** Brings a system to a version. */
export async function apply(io: Io, file: string, options: MigrateOptions): Promise<number> {
  const dryRun = options.dryRun === true;
  const refuse = (diagnostics: readonly Diagnostic[]): number => {
    if (io.json) io.document({ ok: false, dryRun, diagnostics });
    else showDiagnostics(io, diagnostics);
    return 1;
  };
  const { system, diagnostics } = await readSystem(file, { cwd: io.cwd });
  if (system === undefined || hasErrors(diagnostics)) return refuse(diagnostics);
  const to = options.to ?? system.version;
  const { allowDowngrade = false } = options;
  const chain = await planSteps({ entry: file, cwd: io.cwd, from: system.version, to, allowDowngrade });
  if (chain.diagnostics.length > 0) return refuse(chain.diagnostics);
  const clock = systemClock();
  const planned = await planSource({ entry: file, cwd: io.cwd, steps: chain.steps, target: to, clock });
  if (planned.after === undefined) return refuse(planned.diagnostics);
  const { texts, snapshot } = planned;
  const diff = unifiedDiff(texts, io.cwd);
  const shown = (path: string): string => relative(io.cwd, path).replaceAll('\\', '/');
  if (!dryRun) writeFiles([...texts, ...(snapshot === undefined ? [] : [[snapshot.path, snapshot.text] as const])]);
  if (io.json) {
    io.document({
      ok: true,
      system: system.name,
      from: system.version,
      to,
      dryRun,
      steps: chain.steps.map((step) => ({
        from: step.from,
        to: step.to,
        file: step.file,
        description: step.description,
      })),
      source: { files: [...texts.keys()].map(shown), diff },
      ...(snapshot && { snapshot: shown(snapshot.path) }),
      diagnostics: planned.diagnostics,
    });
    return 0;
  }
  showDiagnostics(io, planned.diagnostics);
  if (dryRun) io.out(diff.trimEnd());
  io.out(`${system.name}: ${system.version} → ${to}`);
  return 0;
}
