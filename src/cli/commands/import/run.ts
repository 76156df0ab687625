import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { shownPath } from '../../../core/shown-path.ts';
import type { Diagnostic, SystemModel } from '../../../model/index.ts';
import { validateSystem } from '../../../rules/index.ts';
import { loadText } from '../../../source/files/load-text.ts';
import { printSystem } from '../../../source/index.ts';
import { readBack } from '../../../source/print/read-back.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { writeFile } from '../../../project/kit/write-file.ts';
import { hasErrors } from '../../../project/systems/read.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import { formatOf, type Format } from './format.ts';
import { read } from './read.ts';
import { checkOut } from './check-out.ts';

/** What the command line says. */
export interface ImportOptions {
  readonly from?: Format;
  readonly name?: string;
  readonly roles?: string;
  readonly events?: string;
  readonly out?: string;
  readonly force?: true;
}

/** Writes a machine of another notation, or a model, as a `.dsl.ts`. */
export async function importFile(io: Io, file: string, options: ImportOptions): Promise<number> {
  const path = resolve(io.cwd, file);
  const shown = shownPath(path, io.cwd);
  const out = options.out === undefined ? undefined : resolve(io.cwd, options.out);
  if (options.name !== undefined && !/^[A-Za-z_][\w.-]*$/.test(options.name)) {
    throw new CliError('MR2003', `--name: '${options.name}' cannot be a name.`, {
      hint: 'It begins with a letter or `_`; letters, digits, `_`, `.` and `-` may follow.',
    });
  }
  if (out !== undefined) checkOut(out, options.out ?? '', path, options.force === true);
  const { text, problem } = load(path, shown);
  const format = problem === undefined ? (options.from ?? formatOf(shown, text)) : undefined;
  if (problem !== undefined) return answer(io, shown, { diagnostics: [problem] });
  if (typeof format !== 'string') return answer(io, shown, { diagnostics: format === undefined ? [] : [format] });
  if (options.events !== undefined && format !== 'scxml') {
    throw new CliError('MR2003', `--events: '${shown}' is no SCXML document.`, {
      hint: 'Other notations list their events themselves.',
    });
  }
  const imported = await read(format, text, path, shown, io.cwd, options.name, {
    roles: listOf(options.roles),
    events: listOf(options.events),
  });
  const { model } = imported;
  if (model === undefined || hasErrors(imported.diagnostics))
    return answer(io, shown, { format, diagnostics: imported.diagnostics });
  const printed = printSystem(model);
  const told = [...imported.diagnostics, ...printed.diagnostics];
  if (printed.text === undefined) return answer(io, shown, { format, diagnostics: told });
  // What cannot be read as what it was made from must not get into anybody's files.
  const place = out ?? join(dirname(path), `${model.name}.dsl.ts`);
  const again = await readBack(model, printed.text, place, io.cwd);
  if (again.system === undefined) return answer(io, shown, { format, diagnostics: [...told, ...again.diagnostics] });
  const folder = relative(io.cwd, dirname(place)).replaceAll('\\', '/');
  const { issues } = validateSystem(again.system, { implemented: () => true, folder });
  if (out !== undefined) writeFile(out, printed.text);
  return answer(io, shown, {
    format,
    model,
    text: printed.text,
    out: options.out,
    diagnostics: [...told, ...again.diagnostics, ...issues],
  });
}

interface Answer {
  readonly format?: Format;
  readonly model?: SystemModel;
  readonly text?: string;
  readonly out?: string | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

function answer(io: Io, file: string, { format, model, text, out, diagnostics }: Answer): number {
  const ok = text !== undefined && !hasErrors(diagnostics);
  if (io.json) {
    const written = out !== undefined && text !== undefined ? { written: out } : {};
    io.document({
      ok,
      file,
      format: format ?? null,
      system: model?.name ?? null,
      ...written,
      text: text ?? null,
      diagnostics,
    });
    return ok ? 0 : 1;
  }
  showDiagnostics(io, diagnostics);
  if (text !== undefined && out === undefined) io.out(text.trimEnd());
  if (model !== undefined && out !== undefined) io.note(`Wrote ${out}: ${summary(model, diagnostics)}.`);
  return ok ? 0 : 1;
}

/** `planner, coder` */
function listOf(text: string | undefined): readonly string[] | undefined {
  return text?.split(',').flatMap((each) => (each.trim() === '' ? [] : [each.trim()]));
}

/** `1 machine, 3 events, 2 tasks; 4 things to fill in` */
function summary(model: SystemModel, diagnostics: readonly Diagnostic[]): string {
  const kinds = ['machines', 'flows', 'events', 'tasks', 'agents', 'resources'] as const;
  const counts = kinds.flatMap((kind) => {
    const count = Object.keys(model[kind]).length;
    return count === 0 ? [] : [`${count} ${count === 1 ? kind.slice(0, -1) : kind}`];
  });
  const open = diagnostics.filter(({ code }) => code === 'MR1755').length;
  return `${counts.join(', ')}${open === 0 ? '' : `; ${open} to fill in`}`;
}

function load(path: string, shown: string): { readonly text: string; readonly problem?: Diagnostic } {
  const loaded = loadText(path, shown, readFileSync);
  const place = { file: shown, line: 1, column: 1, endLine: 1, endColumn: 1 };
  if ('problem' in loaded) {
    const { code, message } = loaded.problem;
    const hint =
      code === 'MR1001' ? loaded.problem.hint : 'Name an SCXML document, a configuration or a model, in UTF-8.';
    return { text: '', problem: { code, severity: 'error', message, ...place, hint } };
  }
  const { text } = loaded;
  if (text.trim() !== '') return { text };
  const hint = 'Name an SCXML document, a configuration of XState or of a workflow, or a model.';
  return { text, problem: { code: 'MR1758', severity: 'error', message: `'${shown}' is empty.`, ...place, hint } };
}
