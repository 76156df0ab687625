import { diffArrays } from 'diff';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RenameFile, TextDocumentEdit, type TextEdit, type WorkspaceEdit } from 'vscode-languageserver/node';
import { MillraceError } from '../../core/errors.ts';
import { namesIn } from '../../core/if-there.ts';
import { tasksFolder } from '../../project/systems/places.ts';
import type { FoundSystem } from '../../project/systems/read.ts';
import { taskFile } from '../../project/systems/task-file.ts';
import type { Entity } from '../../source/places/entity.ts';
import { renameContract, type TextChange } from '../contracts.ts';
import { readWith, textWith, uriOf, type Overlay } from '../overlay.ts';
import { isPending, renameInMigration } from './pending-migration.ts';

/** What an editor can carry out. */
export interface EditSupport {
  readonly documentChanges: boolean;
  readonly renameFile: boolean;
}

/**
 * What changes when something of a system gets another name: its source, the tasks that are written against its
 * contract (and the file of a task), and the migration to the version that is being written.
 *
 * @throws MillraceError with the code of the edit when the name cannot be given, MR5151 when a file is in the way.
 */
export async function renameEverywhere(
  entity: Entity,
  to: string,
  { entry, model }: FoundSystem,
  root: string,
  overlay: Overlay,
  can: EditSupport,
): Promise<WorkspaceEdit> {
  const { editTexts } = await import('../../source/edit/edit-texts.ts');
  const edited = editTexts([{ op: 'rename', path: entity.path, to }], entry, root, readWith(overlay));
  const problem = edited.diagnostics.find(({ severity }) => severity === 'error');
  if (edited.system === undefined || problem !== undefined)
    throw refusal(
      problem?.code ?? 'MR1780',
      problem?.message.replace(/^Edit \d+(?: \([^)]*\))?: /, '') ?? 'The source has errors; mend them first.',
      problem?.hint,
    );
  const moved = entity.kind === 'task' ? movedTask(entry, entity.name, to) : undefined;
  const texts = new Map(edited.texts);
  const change = (file: string, changes: readonly TextChange[]): void => {
    if (changes.length > 0) texts.set(file, applied(textWith(overlay, file), changes));
  };
  if (entity.kind === 'task' || entity.kind === 'event' || entity.kind === 'flow')
    for (const file of filesIn(tasksFolder(entry)))
      change(file, renameContract(textWith(overlay, file), entity.name, to));
  for (const file of filesIn(join(dirname(entry), 'migrations'))) {
    const text = textWith(overlay, file);
    if (isPending(text, model.version, entry)) change(file, renameInMigration(text, entity, to));
  }
  // A file that could not be moved would leave a task without its code.
  if (moved !== undefined && !(can.documentChanges && can.renameFile))
    throw refusal(
      'MR5151',
      'The code of the task is in a file of its name, and this editor cannot rename files with an edit.',
    );
  if (!can.documentChanges) {
    const changes = [...texts].map(([file, text]): [string, TextEdit[]] => [
      uriOf(file),
      [...lineEdits(textWith(overlay, file), text)],
    ]);
    return { changes: Object.fromEntries(changes) };
  }
  const edits = [...texts].map(([file, text]) =>
    TextDocumentEdit.create({ uri: uriOf(file), version: null }, [...lineEdits(textWith(overlay, file), text)]),
  );
  return { documentChanges: [...edits, ...(moved === undefined ? [] : [moved])] };
}

function refusal(code: string, message: string, hint?: string): MillraceError {
  const text = hint === undefined ? message : `${message} ${hint}`;
  return new MillraceError(text, { code, retryable: false, fault: 'input' });
}

/** The implementation of a task is called like it. */
function movedTask(entry: string, from: string, to: string): RenameFile | undefined {
  const [before, after] = [taskFile(entry, from), taskFile(entry, to)];
  if (before === after || !existsSync(before)) return undefined;
  if (existsSync(after))
    throw refusal('MR5151', `There is a file ${after} already, which would be the implementation.`);
  return RenameFile.create(uriOf(before), uriOf(after));
}

function filesIn(folder: string): readonly string[] {
  return namesIn(folder).flatMap((name) => (/\.m?ts$/.test(name) ? [join(folder, name)] : []));
}

function applied(text: string, changes: readonly TextChange[]): string {
  return changes
    .toSorted((a, b) => b.start - a.start)
    .reduce((rest, { start, end, text: by }) => rest.slice(0, start) + by + rest.slice(end), text);
}

/** The lines that differ: an editor keeps its cursors and folds where nothing changes. */
function* lineEdits(before: string, after: string): Generator<TextEdit> {
  const lines = (text: string): string[] => text.split(/(?<=\n)/);
  const place = (line: number) => ({ line, character: 0 });
  let line = 0;
  let pending: { readonly from: number; to: number; text: string } | undefined;
  const edit = ({
    from,
    to,
    text,
  }: {
    readonly from: number;
    readonly to: number;
    readonly text: string;
  }): TextEdit => ({
    range: { start: place(from), end: place(to) },
    newText: text,
  });
  for (const { value, added, removed } of diffArrays(lines(before), lines(after))) {
    if (added || removed) {
      pending ??= { from: line, to: line, text: '' };
      if (added) pending.text += value.join('');
      else pending.to += value.length;
    } else if (pending !== undefined) {
      yield edit(pending);
      pending = undefined;
    }
    if (!added) line += value.length;
  }
  if (pending !== undefined) yield edit(pending);
}
