/** What a lambda of a flow can read at one place, and the code that reads it there. */
import { freeName } from '../../model/text/names.ts';

/** A name of the lambda scope. */
export interface Variable {
  /** As the source calls it. */
  readonly name: string;
  /** The code that reads it: mostly the name itself. */
  readonly code: string;
  /** Of `now` and `runId`: the host that they are read from. */
  readonly host?: Variable;
  /** Has code been printed that reads it? */
  used: boolean;
}

/** The names that are visible in one function body. */
export class Scope {
  /** The host of this part. */
  readonly host: Variable;
  readonly #visible: Map<string, Variable>;
  /** Identifiers that stand for something here or around here. */
  readonly #taken: Set<string>;

  private constructor(host: Variable, visible: Map<string, Variable>, taken: Set<string>) {
    this.host = host;
    this.#visible = visible;
    this.#taken = taken;
  }

  /** The scope of a flow's function. */
  static root(hostName: string, taken: ReadonlySet<string>): Scope {
    return Scope.#with(hostName, new Map(), new Set([...taken, hostName]));
  }

  static #with(hostName: string, visible: Map<string, Variable>, taken: Set<string>): Scope {
    const host: Variable = { name: 'host', code: hostName, used: false };
    visible.set('now', { name: 'now', code: `${hostName}.now()`, host, used: false });
    visible.set('runId', { name: 'runId', code: `${hostName}.runId`, host, used: false });
    return new Scope(host, visible, taken);
  }

  /** The scope of a part: everything around it, under a host of its own. */
  part(): Scope {
    return Scope.#with(this.host.code, new Map(this.#visible), new Set(this.#taken));
  }

  /** Adds a result of a step. Its identifier is new here, so that no function in between means another variable. */
  declare(name: string): Variable {
    return this.#add(name, freeName(name, this.#taken));
  }

  /** Adds a parameter of the function. It may hide one of the same name around it, as it does in the source. */
  parameter(name: string): Variable {
    const hidden = this.#visible.get(name);
    return this.#add(name, hidden?.host === undefined && hidden?.code === name ? name : freeName(name, this.#taken));
  }

  #add(name: string, code: string): Variable {
    const variable: Variable = { name, code, used: false };
    this.#visible.set(name, variable);
    this.#taken.add(code);
    return variable;
  }

  find(name: string): Variable | undefined {
    return this.#visible.get(name);
  }

  /** Every name a lambda may read here. */
  names(): readonly string[] {
    return [...this.#visible.keys()];
  }

  /** Does this identifier stand for nothing here? */
  isFree(identifier: string): boolean {
    return !this.#taken.has(identifier);
  }

  /** An identifier that stands for nothing here. */
  free(wanted: string, avoid: ReadonlySet<string> = new Set()): string {
    return freeName(wanted, new Set([...this.#taken, ...avoid]));
  }
}

/** The code that reads a variable. */
export function read(variable: Variable): string {
  variable.used = true;
  if (variable.host !== undefined) variable.host.used = true;
  return variable.code;
}
