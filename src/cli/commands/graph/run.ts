import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { shownPath } from '../../../core/shown-path.ts';
import type { SystemModel } from '../../../model/index.ts';
import { readConfig } from '../../../project/config/config.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { writeFile } from '../../../project/kit/write-file.ts';
import { findSystems, hasErrors } from '../../../project/systems/read.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import { choose } from './choose.ts';
import type { GraphFormat, GraphOptions } from './options.ts';
import { endings, render, type Rendered } from './render.ts';

/** Shows machines and flows as pictures or data. Exit code 1 when the source has errors. */
export async function graph(io: Io, file: string, options: GraphOptions): Promise<number> {
  const found = await findSystems([resolve(io.cwd, file)], io.cwd, await readConfig(io.cwd));
  const [system] = found.systems;
  if (system === undefined || hasErrors(found.diagnostics)) {
    if (io.json) io.document({ ok: false, diagnostics: found.diagnostics });
    else showDiagnostics(io, found.diagnostics);
    return 1;
  }
  const { model } = system;
  const format = formatOf(io, options);
  const { definitions, single } = choose(model, format, options);
  const folder = options.out === undefined ? undefined : folderOf(io, options.out);
  if (!single && folder === undefined && format !== 'mermaid' && format !== 'json' && !io.json) {
    throw new CliError(
      'MR1730',
      `'${model.name}' has more than one definition to show, and ${format} shows one: ${definitions.map(({ kind, name }) => `--${kind} ${name}`).join(', ')}.`,
      { hint: 'Name one of them, or a folder that gets them all: --out pictures/' },
    );
  }
  const all: Rendered[] = [];
  for (const definition of definitions) all.push(await render(definition, model, format));
  const folderOfSource = dirname(system.entry);
  const lost = all
    .flatMap(({ diagnostics }) => diagnostics)
    .map((one) => ({ ...one, file: shownPath(join(folderOfSource, one.file), io.cwd) }));
  const text = single ? (all[0]?.text ?? '') : together(model, all, format);
  if (!io.json) showDiagnostics(io, lost);
  if (options.out !== undefined) {
    const files = folder === undefined ? [{ path: resolve(io.cwd, options.out), text }] : filesOf(all, folder, format);
    for (const one of files) writeFile(one.path, one.text);
    const names = files.map(({ path }) => relative(io.cwd, path));
    if (io.json) io.document({ ok: true, format, files: names, diagnostics: lost });
    else for (const name of names) io.note(`Wrote ${name}.`);
  } else if (!io.json) io.out(text.trimEnd());
  else if (format === 'json') io.document(single ? all[0]?.value : asData(model, all));
  else {
    const graphs = all.map(({ kind, name, text, value }) => ({
      kind,
      name,
      format,
      text,
      ...(value === undefined ? {} : { value }),
    }));
    io.document({ ok: true, graphs, diagnostics: lost });
  }
  return 0;
}

/** A `.ts` file is no place for a configuration in JSON: it gets the module. */
function formatOf(io: Io, { format, out }: GraphOptions): GraphFormat {
  if (format === 'xstate' && /\.[cm]?ts$/.test(out ?? '')) return 'xstate-module';
  return format ?? (io.json ? 'json' : 'mermaid');
}

/** The folder that `--out` means, when it means one. */
function folderOf(io: Io, out: string): string | undefined {
  const path = resolve(io.cwd, out);
  return /[/\\]$/.test(out) || (existsSync(path) && statSync(path).isDirectory()) ? path : undefined;
}

function filesOf(
  all: readonly Rendered[],
  folder: string,
  format: GraphFormat,
): readonly { readonly path: string; readonly text: string }[] {
  return all.map(({ kind, name, text }) => ({ path: join(folder, `${name}.${kind}.${endings[format]}`), text }));
}

/** Several definitions in one text: a page of Markdown, or one document of data. */
function together(model: SystemModel, all: readonly Rendered[], format: GraphFormat): string {
  if (format !== 'mermaid') return `${JSON.stringify(asData(model, all), null, 2)}\n`;
  const parts = all.map(({ kind, name, text }) => `## The ${kind} ${name}\n\n\`\`\`mermaid\n${text}\`\`\`\n`);
  return [`# ${model.name}\n`, ...parts].join('\n');
}

function asData({ name, version }: SystemModel, all: readonly Rendered[]): unknown {
  const of = (kind: 'machine' | 'flow'): unknown[] => all.filter((one) => one.kind === kind).map(({ value }) => value);
  return { system: name, version, machines: of('machine'), flows: of('flow') };
}
