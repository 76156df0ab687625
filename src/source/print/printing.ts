import type { Diagnostic, Location, MachineNode, StateNode, SystemModel } from '../../model/index.ts';
import { nameAll, type Names, type Word } from './names.ts';

/** One printing of a system: its names, and what of it cannot be written. */
export class Printing {
  readonly model: SystemModel;
  readonly names: Names;
  readonly diagnostics: Diagnostic[] = [];
  /** The functions of the package that were used. */
  readonly words = new Set<Word>();
  /** The states that are written apart, and the constants that hold what is in them. */
  readonly apart = new Map<StateNode, string>();

  /** The constants that hold the heads of machines with such states. */
  readonly heads = new Map<MachineNode, string>();

  /** The definitions, and the system, whose descriptions stand among their options. */
  readonly inOptions: ReadonlySet<string>;

  constructor(model: SystemModel, names: Names = nameAll(model), inOptions: ReadonlySet<string> = new Set()) {
    this.model = model;
    this.names = names;
    this.inOptions = inOptions;
  }

  /** A function of the package, which will be imported. */
  word(word: Word): string {
    this.words.add(word);
    return this.names.words[word];
  }

  /** The constant of a definition that something refers to. */
  constant(name: string, kinds: readonly Kind[], location: Location): string {
    const constant = this.names.constants.get(name);
    if (constant !== undefined && kinds.some((kind) => Object.hasOwn(this.model[kind], name))) return constant;
    const what = kinds.map((kind) => kind.slice(0, -1)).join(' or ');
    this.missing(location, `The model has no ${what} '${name}', which is named here.`);
    return constant ?? name;
  }

  /** An event as options name it: its constant, or `failed(task)`. */
  event(name: string, location: Location): string {
    const [, failed] = /^failed\.(.+)$/s.exec(name) ?? [];
    if (failed === undefined || Object.hasOwn(this.model.events, name))
      return this.constant(name, ['events'], location);
    return `${this.word('failed')}(${this.constant(failed, ['tasks', 'flows'], location)})`;
  }

  /** Says that the model refers to something that it does not hold. */
  missing(location: Location, message: string): void {
    const hint = 'A model that refers to what it does not hold cannot be written down.';
    this.diagnostics.push({ code: 'MR1741', severity: 'error', message, ...location, hint });
  }

  /** Says that no text would be read as this. */
  cannot(location: Location, message: string, hint: string): void {
    this.diagnostics.push({ code: 'MR1740', severity: 'error', message, ...location, hint });
  }
}

type Kind = 'agents' | 'resources' | 'events' | 'tasks' | 'flows' | 'machines';
