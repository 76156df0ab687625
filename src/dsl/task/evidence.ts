import type { Resource } from '../resource.ts';

/** A value, or a lambda over the task's input and output that gives it. */
type Given<Scope, Value> = Value | ((scope: Scope) => Value);
type Scalar = string | number | boolean | null;
type Columns = Readonly<Record<string, Scalar>>;

interface Named {
  /** What to call it in messages. */
  readonly name?: string;
}

/**
 * A claim about the world, checked when a step commits and again before a resume: `{ fileExists: { path: ... } }`.
 * A plain object, since only then do its lambdas see the types of the task that it belongs to.
 */
export type Evidence<Scope> =
  | (Named & { readonly fileExists: { readonly path: Given<Scope, string>; readonly type?: 'file' | 'directory' } })
  | (Named & { readonly fileSha256: { readonly path: Given<Scope, string>; readonly sha256: Given<Scope, string> } })
  /** Recorded, never run again. */
  | (Named & { readonly exitCode: { readonly actual: Given<Scope, number>; readonly expected?: number } })
  /** A row of a database resource, found by `where`, that has `values`. */
  | (Named & {
      readonly row: {
        readonly resource: Resource;
        readonly table: string;
        readonly where: Given<Scope, Columns>;
        readonly values?: Given<Scope, Columns>;
      };
    });
