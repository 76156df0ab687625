import { dirname, join, resolve } from 'node:path';
import { CodeActionKind, CreateFile, TextDocumentEdit, type CodeAction, type Range } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { taskStub } from '../compiler/index.ts';
import { shownPath } from '../core/shown-path.ts';
import type { Diagnostic, Fix } from '../model/index.ts';
import { packageVersion } from '../project/kit/package-root.ts';
import { tasksFolder } from '../project/systems/places.ts';
import { fixOf } from '../rules/index.ts';
import { rangeOf, toLsp } from './diagnostics.ts';
import { textWith, uriOf, type Overlay } from './overlay.ts';
import type { LspProject } from './project.ts';

/** What mends the problems in a range: what `dsl check --fix` would do, and the code of a task begun. */
export function quickFixes(project: LspProject, file: string, range: Range, overlay: Overlay): readonly CodeAction[] {
  const { root } = project;
  const here = (project.diagnostics.get(file) ?? []).filter((each) => touches(rangeOf(each), range));
  return here.flatMap((diagnostic): CodeAction[] => {
    if (diagnostic.file.endsWith('.json')) return [];
    const about = { kind: CodeActionKind.QuickFix, diagnostics: [toLsp(diagnostic, root)] };
    const fix = fixOf(diagnostic, textWith(overlay, resolve(root, diagnostic.file)));
    if (fix !== undefined)
      return [{ ...about, title: fix.title, isPreferred: true, edit: { changes: changesOf(fix, root, overlay) } }];
    const begun = diagnostic.code === 'MR1501' ? beginTask(project, file, diagnostic) : undefined;
    return begun === undefined ? [] : [{ ...about, ...begun }];
  });
}

/** The file that `dsl compile --stubs` would write. */
function beginTask(
  project: LspProject,
  file: string,
  { line }: Diagnostic,
): Pick<CodeAction, 'title' | 'edit'> | undefined {
  const system = project.systemOf(file);
  const outDir = system && project.outputOf(system);
  const folder = system && dirname(system.entry);
  const task = Object.values(system?.model.tasks ?? {}).find(
    ({ location }) => folder !== undefined && join(folder, location.file) === file && location.line === line,
  );
  if (system === undefined || outDir === undefined || task === undefined) return undefined;
  const { entry, model } = system;
  const settings = { outDir, sourcePath: entry, tasksDir: tasksFolder(entry), toolVersion: packageVersion() };
  const { path, text } = taskStub(model, task.name, settings);
  const uri = uriOf(path);
  const start = { line: 0, character: 0 };
  return {
    title: `Begin ${shownPath(path, project.root)}`,
    edit: {
      documentChanges: [
        CreateFile.create(uri, { ignoreIfExists: true }),
        TextDocumentEdit.create({ uri, version: null }, [{ range: { start, end: start }, newText: text }]),
      ],
    },
  };
}

function changesOf({ edits }: Fix, root: string, overlay: Overlay) {
  const changes: Record<string, { range: Range; newText: string }[]> = {};
  for (const { file, start, end, text } of edits) {
    const path = resolve(root, file);
    const document = TextDocument.create(uriOf(path), 'typescript', 0, textWith(overlay, path));
    const range = { start: document.positionAt(start), end: document.positionAt(end) };
    (changes[uriOf(path)] ??= []).push({ range, newText: text });
  }
  return changes;
}

function touches(a: Range, b: Range): boolean {
  const isBefore = (x: Range, y: Range): boolean =>
    x.end.line < y.start.line || (x.end.line === y.start.line && x.end.character < y.start.character);
  return !isBefore(a, b) && !isBefore(b, a);
}
