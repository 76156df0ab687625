/** The type of a field of a payload, an input or an output. */
export type FieldType = 'string' | 'integer' | 'number' | 'boolean';

/** Fields with their types, such as `{ tripId: 'string' }`. */
export type Fields = Readonly<Record<string, FieldType>>;

/** What a parameter of a pattern takes. */
export type ParameterKind =
  /** The name of a definition, or of a step. */
  | { readonly kind: 'name' }
  /** A list of things that have names of their own: `['flight', …]`, or `[{ id: 'flight', do: 'bookFlight' }, …]`. */
  | { readonly kind: 'items'; readonly least: number; readonly names: readonly string[] }
  | { readonly kind: 'fields'; readonly taken?: readonly string[] }
  | { readonly kind: 'type' }
  | { readonly kind: 'duration' }
  | { readonly kind: 'count'; readonly least: number };

/** A parameter of a pattern. */
export interface Parameter {
  readonly key: string;
  readonly is: ParameterKind;
  /** What it is for, in a few words. */
  readonly what: string;
  /** What it is when it is left out. A parameter without a default must be given. */
  readonly fallback?: unknown;
}

/** An item of a list, its names filled in. */
export type Item = Readonly<Record<string, string>>;

/** The parameters of a pattern, checked and complete. */
export interface Values {
  readonly name: (key: string) => string;
  readonly items: (key: string) => readonly Item[];
  readonly fields: (key: string) => Fields;
  readonly type: (key: string) => FieldType;
  readonly duration: (key: string) => string;
  readonly count: (key: string) => number;
}

/** A way to build something that many systems need, as edits that put it into one. */
export interface Pattern {
  readonly name: string;
  /** What it does, in a few words. */
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  /** The definitions of the values. Everything that is called by a name here has been checked. */
  readonly definitions: (values: Values) => readonly Definition[];
}

/** A definition that a pattern adds. */
export interface Definition {
  readonly kind: 'event' | 'task' | 'flow';
  readonly name: string;
  /** Its declaration, as a `.dsl.ts` has it: `export const charge = task('charge', { … });` */
  readonly text: string;
}

/** How a pattern is put into a system. */
export interface PatternOptions {
  /** The file of the system that gets the definitions, as in `model.files`. Default: the entry. */
  readonly file?: string;
}
