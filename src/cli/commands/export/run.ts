import { dirname, join, resolve } from 'node:path';
import { shownPath } from '../../../core/shown-path.ts';
import type { Diagnostic, FlowNode, MachineNode, SystemModel } from '../../../model/index.ts';
import { readConfig } from '../../../project/config/config.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { writeFile } from '../../../project/kit/write-file.ts';
import { findSystems, hasErrors } from '../../../project/systems/read.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import { choose } from '../graph/choose.ts';

/** What the command line says. */
export interface ExportOptions {
  readonly machine?: string;
  readonly flow?: string;
  readonly format?: 'toml' | 'json';
  readonly out?: string;
}

/** Writes machines or a flow as a workflow configuration. Exit code 1 when the source has errors, or it cannot be said. */
export async function exportFile(io: Io, file: string, options: ExportOptions): Promise<number> {
  const format = options.format ?? (options.flow === undefined ? 'toml' : 'json');
  const wrong = format === 'toml' ? options.flow : options.machine;
  if (wrong !== undefined) {
    const [is, other] = format === 'toml' ? ['flow', 'json'] : ['machine', 'toml'];
    throw new CliError('MR1731', `The ${is} '${wrong}' cannot be exported as ${format}.`, {
      hint: `For a ${is} there is --format ${other}.`,
    });
  }
  const found = await findSystems([resolve(io.cwd, file)], io.cwd, await readConfig(io.cwd));
  const [system] = found.systems;
  // What nothing runs yet can be written all the same.
  if (system === undefined || hasErrors(found.diagnostics.filter(({ code }) => code !== 'MR1601'))) {
    if (io.json) io.document({ ok: false, diagnostics: found.diagnostics });
    else showDiagnostics(io, found.diagnostics);
    return 1;
  }
  const exported = await exportAs(format, system.model, options);
  const folder = dirname(system.entry);
  const diagnostics = exported.diagnostics.map((one) => ({
    ...one,
    file: shownPath(join(folder, one.file), io.cwd),
  }));
  const { text } = exported;
  const written = options.out !== undefined && text !== undefined ? { written: options.out } : {};
  if (options.out !== undefined && text !== undefined) writeFile(resolve(io.cwd, options.out), text);
  if (io.json) io.document({ ok: text !== undefined, format, ...written, text: text ?? null, diagnostics });
  else {
    showDiagnostics(io, diagnostics);
    if (text !== undefined && options.out === undefined) io.out(text.trimEnd());
    if (text !== undefined && options.out !== undefined) io.note(`Wrote ${options.out}.`);
  }
  return text === undefined ? 1 : 0;
}

async function exportAs(
  format: 'toml' | 'json',
  model: SystemModel,
  options: ExportOptions,
): Promise<{ readonly text?: string; readonly diagnostics: readonly Diagnostic[] }> {
  if (format === 'toml') {
    const { exportWorkflowToml } = await import('../../../convert/workflow/export-workflow-toml.ts');
    return exportWorkflowToml(chosen(model, 'machine', options), model);
  }
  const { exportWorkflowJson } = await import('../../../convert/workflow/export-workflow-json.ts');
  const [flow, second] = chosen(model, 'flow', options);
  if (flow !== undefined && second === undefined) return exportWorkflowJson(flow, model);
  const names = Object.keys(model.flows).map((name) => `--flow ${name}`);
  throw new CliError(
    'MR1730',
    `'${model.name}' has more than one flow, and a workflow in JSON is one: ${names.join(', ')}.`,
    {
      hint: 'Name one of them.',
    },
  );
}

function chosen(model: SystemModel, kind: 'machine', options: ExportOptions): readonly MachineNode[];
function chosen(model: SystemModel, kind: 'flow', options: ExportOptions): readonly FlowNode[];
function chosen(
  model: SystemModel,
  kind: 'machine' | 'flow',
  options: ExportOptions,
): readonly (MachineNode | FlowNode)[] {
  const { machine, flow } = options;
  if (machine !== undefined) return choose(model, 'json', { machine }).definitions;
  if (flow !== undefined) return choose(model, 'json', { flow }).definitions;
  const all = Object.values(kind === 'machine' ? model.machines : model.flows);
  if (all.length > 0) return all;
  throw new CliError('MR1732', `The system '${model.name}' declares no ${kind}: there is nothing to export.`, {
    hint: '`dsl inspect FILE` shows what it declares.',
    exitCode: 1,
  });
}
