import type { Io } from '../../kit/io.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import { lineOf, runExamples, tasksOf } from './examples.ts';
import { prepare } from './prepare.ts';
import { playAll, scenarioFiles, tellScenarios } from './scenarios.ts';

/** Runs what a system declares as tests: examples of tasks, and scenarios. Exit code 1: something does not hold. */
export async function testAll(io: Io, file: string): Promise<number> {
  const prepared = await prepare(io, file);
  if (prepared === undefined) return 1;
  const { entry, model } = prepared;
  const live = await prepared.live();
  const examples = await runExamples(io, entry, tasksOf(model, undefined), live);
  const played = await playAll(io, scenarioFiles(io, entry), live);
  const diagnostics = [...examples.diagnostics, ...played.diagnostics];
  const ok = diagnostics.length === 0;
  if (io.json) {
    io.document({ ok, tasks: examples.tasks, scenarios: played.scenarios, diagnostics });
    return ok ? 0 : 1;
  }
  showDiagnostics(io, examples.diagnostics);
  for (const each of examples.tasks) io.out(lineOf(io, each));
  if (examples.tasks.length === 0) io.out('No task has examples.');
  tellScenarios(io, played.scenarios, entry);
  return ok ? 0 : 1;
}
