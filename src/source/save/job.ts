import type { Diagnostic, SystemModel } from '../../model/index.ts';
import { Printing } from '../print/printing.ts';
import type { Opened } from '../read.ts';
import type { Module } from '../syntax/module.ts';
import type { Changes } from './changes.ts';
import type { TextEdit } from './edits.ts';
import { namesIn, newConstants, type FileNames, type NewConstants } from './names.ts';
import { styleOf, type Style } from './style.ts';

/** One attempt to make the files of a system say another model. */
export class Job {
  readonly opened: Opened;
  readonly before: SystemModel;
  readonly after: SystemModel;
  readonly changes: Changes;
  readonly edits = new Map<Module, TextEdit[]>();
  readonly diagnostics: Diagnostic[] = [];
  readonly fresh: NewConstants;
  /** What the functions of the package that were written are called. */
  readonly words = new Set<string>();
  readonly #names = new Map<Module, FileNames>();
  readonly #styles = new Map<Module, Style>();

  constructor(opened: Opened, before: SystemModel, after: SystemModel, changes: Changes) {
    this.opened = opened;
    this.before = before;
    this.after = after;
    this.changes = changes;
    const added = changes.added.map(({ name, location }) => [name, this.home(location.file)] as const);
    this.fresh = newConstants(after, this.all(), new Map(added));
  }

  /** Every file that was read. */
  all(): readonly Module[] {
    return [...this.opened.reading.modules.values()].filter((module) => module !== undefined);
  }

  /** The file of the system that is called so, or the one that it begins with. */
  home(file: string): Module {
    const { modules } = this.opened;
    return modules.find((module) => module.file === file) ?? (modules[0] as Module);
  }

  edit(module: Module, edits: readonly TextEdit[]): void {
    this.edits.set(module, [...(this.edits.get(module) ?? []), ...edits]);
  }

  names(module: Module): FileNames {
    let found = this.#names.get(module);
    if (found === undefined) this.#names.set(module, (found = namesIn(this.opened, module, this.after, this.fresh)));
    return found;
  }

  style(module: Module): Style {
    let found = this.#styles.get(module);
    if (found === undefined) this.#styles.set(module, (found = styleOf(module.text, module.source)));
    return found;
  }

  /** The printer of a model's words in a file. */
  printing(module: Module, model: SystemModel, inOptions: ReadonlySet<string> = new Set()): Printing {
    return new Printing(model, this.names(module).names, inOptions);
  }

  /** Keeps in mind what a printing of the model that shall be said has found, and what it needs. */
  printed({ diagnostics, words, names }: Printing): void {
    this.diagnostics.push(...diagnostics);
    for (const word of words) this.words.add(names.words[word]);
  }
}
