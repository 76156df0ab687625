/** A value, or a lambda over the task's input and output that gives it. */
export type Given<Scope, Value> = Value | ((scope: Scope) => Value);
type Columns = Readonly<Record<string, string | number | boolean | null>>;

interface Claim<Kind extends string, Options> {
  readonly kind: Kind;
  /** What it is called in messages. */
  readonly name?: string;
  readonly options: Options;
}

/** One claim about the world. `Scope`: the input and output of the task. */
export type EvidenceClaim<Scope> =
  | Claim<'fileExists', { readonly path: Given<Scope, string>; readonly type?: 'file' | 'directory' }>
  | Claim<'fileSha256', { readonly path: Given<Scope, string>; readonly sha256: Given<Scope, string> }>
  | Claim<'exitCode', { readonly actual: Given<Scope, number>; readonly expected?: number }>
  | Claim<
      'row',
      {
        readonly resource: string;
        readonly table: string;
        readonly where: Given<Scope, Columns>;
        readonly values?: Given<Scope, Columns>;
      }
    >;

/** Claims about the world that must hold once a task has succeeded: all of them, or `atLeast` so many. */
export interface EvidencePack<Scope> {
  readonly claims: readonly EvidenceClaim<Scope>[];
  readonly atLeast?: number;
}
