import { dirname, resolve } from 'node:path';
import { applyEdits as applyToModel } from '../../model/edit/apply.ts';
import { parsePath } from '../../model/edit/path.ts';
import type { Diagnostic, Edit, MoveEdit, SystemModel } from '../../model/index.ts';
import { fragmentReader } from '../fragment/read-fragment.ts';
import { quote } from '../../model/text/names.ts';
import { openSource, type Opened } from '../read.ts';
import { textsOf } from '../save/save.ts';
import { behind } from '../value/follow.ts';
import { moveInSource, type MoveProblem } from './move.ts';
import { renameInSource, type Source } from './rename.ts';
import type { Texts } from './symbols.ts';

type ReadFile = (path: string) => Uint8Array | string;

/** What the files say after some edits, or why they cannot. */
export interface Edited {
  /** Of the files that change. */
  readonly texts: Texts;
  readonly diagnostics: readonly Diagnostic[];
  /** The system that the files say then. */
  readonly system?: SystemModel;
}

const nothing: Texts = new Map();

/** Works out what the files of a system say when edits were applied to it. Loads the parser. */
export function editTexts(edits: readonly Edit[], path: string, cwd: string, readFile: ReadFile): Edited {
  const entry = resolve(cwd, path);
  const { result, opened } = openSource(entry, cwd, readFile);
  const { system: before } = result;
  const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
  if (before === undefined || opened === undefined || errors.length > 0) return { texts: nothing, diagnostics: errors };
  const zod = zodOf(opened);
  const places = { folder: dirname(entry), readFile, constants: constantsOf(opened) };
  const read = fragmentReader({ ...places, ...(zod !== undefined && { zod }) });
  const apply = (list: readonly Edit[]) => applyToModel(before, list, { read });
  const { system, diagnostics } = apply(edits);
  if (system === undefined) return { texts: nothing, diagnostics };
  const original = textsIn(opened);
  const desk = new Desk(entry, cwd, readFile, original);
  for (const [index, edit] of edits.entries()) {
    const problem = desk.take(edit, index, () => apply(edits.slice(0, index)).system);
    if (problem !== undefined) return { texts: nothing, diagnostics: [refused(edit, index, problem, before)] };
  }
  const done = desk.save(system);
  const [error] = done.diagnostics.filter(({ severity }) => severity === 'error');
  // Where names that were changed in place lead to no text that says the system, it is written without them.
  const saved = error === undefined ? done : textsOf(system, entry, cwd, readFile);
  const isSaved = saved.diagnostics.every(({ severity }) => severity !== 'error');
  if (error !== undefined && isSaved && desk.moved !== undefined) {
    const hint = 'Nothing was written. Move what it needs first, or both into a file of their own.';
    const problem = { problem: `the files would have an error: ${error.code} ${error.message}`, hint };
    return { texts: nothing, diagnostics: [refused(desk.moved.edit, desk.moved.index, problem, before)] };
  }
  const anew = error === undefined ? desk.missed : edits.filter(({ op }) => op === 'rename');
  const notes = isSaved ? anew.map(({ path: what }) => writtenAnew(what, before)) : [];
  const texts = new Map([...saved.texts].filter(([file, text]) => original.get(file) !== text));
  return { texts, diagnostics: [...diagnostics, ...saved.diagnostics, ...notes], ...(isSaved ? { system } : {}) };
}

/** Says that something has lost its place with its name. */
function writtenAnew(path: string, { location }: SystemModel): Diagnostic {
  const message = `'${path}' could not be renamed where it stands: it was written anew, and comments at it may be gone.`;
  return { code: 'MR1777', severity: 'info', message, ...location };
}

/** Is this one of the things that a source declares under its name? */
function isDeclared({ path }: Edit): boolean {
  const parsed = parsePath(path);
  const [root, , field] = 'pieces' in parsed ? parsed.pieces.map(({ name }) => name) : [];
  return (
    root !== 'contexts' && (field === undefined || field === 'body' || (field === 'states' && !path.includes('.run.')))
  );
}

/** A definition stands in a file; where states and steps stand is for the saver. */
function isOfFile({ path }: MoveEdit): boolean {
  const parsed = parsePath(path);
  return 'pieces' in parsed && parsed.pieces.length === 2;
}

function refused(
  { op, path }: Edit,
  index: number,
  { code, problem, hint }: MoveProblem,
  { location }: SystemModel,
): Diagnostic {
  const message = `Edit ${index + 1} (${op} '${path}'): ${problem}`;
  return { code: code ?? 'MR1776', severity: 'error', message, ...location, hint };
}

function textsIn({ reading }: Opened): Texts {
  return new Map([...reading.modules].flatMap(([file, module]) => (module === undefined ? [] : [[file, module.text]])));
}

/** How the files import `z`: until something needs it, the model does not say so. */
function zodOf({ reading }: Opened): string | undefined {
  const found = [...reading.modules.values()].map((module) => module?.bindings.get('z')?.value);
  const value = found.find((each) => each?.kind === 'import');
  if (value?.kind !== 'import' || value.imported === 'z') return undefined;
  const names = { '*': '* as z', default: 'z' }[value.imported] ?? `{ ${value.imported} as z }`;
  return `import ${names} from ${quote(value.from)};`;
}

/** What the files call the definitions: constant, and name of the definition. */
function constantsOf({ members, reading }: Opened): ReadonlyMap<string, string> {
  const declared = new Map(
    members.map(({ name, definition }) => [definition.declaration.name.getText(definition.module.source), name]),
  );
  const names = new Map(members.map(({ name, definition }) => [definition.declaration, name]));
  // An alias counts where no constant is called so: one that nothing uses yet is not in the model.
  const aliases = [...reading.modules.values()].flatMap((module) =>
    module === undefined
      ? []
      : [...module.bindings.values()].flatMap(({ name, value }): readonly (readonly [string, string])[] => {
          if (value?.kind !== 'import' || !value.from.startsWith('.')) return [];
          const found = behind(reading, module, name);
          const target = found?.kind === 'declared' ? found.binding.value : undefined;
          const of = target?.kind === 'const' ? names.get(target.declaration) : undefined;
          return of === undefined ? [] : [[name, of]];
        }),
  );
  return new Map([...aliases, ...declared]);
}

/** The files while they are edited: what is renamed and moved is so at once, all else when it must be. */
class Desk {
  readonly #entry: string;
  readonly #cwd: string;
  readonly #readFile: ReadFile;
  readonly #original: Texts;
  #texts: Texts;
  /** The last edit that has put something into another file. */
  moved: { readonly edit: Edit; readonly index: number } | undefined;
  /** What could not be renamed in its place. */
  readonly missed: Edit[] = [];
  /** Are there edits that the texts do not say yet? */
  #isBehind = false;

  constructor(entry: string, cwd: string, readFile: ReadFile, original: Texts) {
    this.#entry = entry;
    this.#cwd = cwd;
    this.#readFile = readFile;
    this.#original = original;
    this.#texts = original;
  }

  /** `before` gives the system without this edit and those after it. */
  take(edit: Edit, index: number, before: () => SystemModel | undefined): MoveProblem | undefined {
    const inSource =
      edit.op === 'rename'
        ? (source: Source) => renameInSource(source, edit)
        : edit.op === 'move' && isOfFile(edit)
          ? (source: Source) => moveInSource(source, edit)
          : undefined;
    let next = inSource && this.#with(inSource);
    if (inSource !== undefined && next === undefined && this.#isBehind) {
      // It may be about something that an earlier edit has made.
      const system = before();
      const saved = system && this.save(system);
      if (saved?.diagnostics.every(({ severity }) => severity !== 'error') === true) {
        this.#texts = saved.texts;
        this.#isBehind = false;
        next = this.#with(inSource);
      }
    }
    if (next !== undefined && 'problem' in next) return next;
    if (next === undefined) this.#isBehind = true;
    else this.#texts = next;
    if (next === undefined && edit.op === 'rename' && isDeclared(edit)) this.missed.push(edit);
    if (next !== undefined && edit.op === 'move') this.moved = { edit, index };
    return undefined;
  }

  /** The texts of files that say a system. */
  save(system: SystemModel): { readonly texts: Texts; readonly diagnostics: readonly Diagnostic[] } {
    const isTorn = this.#texts !== this.#original;
    const { texts, diagnostics } = textsOf(system, this.#entry, this.#cwd, this.#read, { isTorn });
    return { texts: new Map([...this.#texts, ...texts]), diagnostics };
  }

  readonly #read: ReadFile = (file) => this.#texts.get(file) ?? this.#readFile(file);

  #with(edit: (source: Source) => Texts | MoveProblem | undefined): Texts | MoveProblem | undefined {
    const { result, opened } = openSource(this.#entry, this.#cwd, this.#read);
    return result.system === undefined || opened === undefined
      ? undefined
      : edit({ opened, system: result.system, texts: this.#texts });
  }
}
