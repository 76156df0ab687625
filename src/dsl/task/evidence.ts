/** A claim about the world. `Scope` is what its lambdas read. */
export interface Evidence<Scope> {
  readonly kind: 'fileExists' | 'fileSha256' | 'exitCode' | 'row';
  readonly options: Readonly<Record<string, unknown>>;
  /** Type only: what the lambdas need. */
  readonly '~scope'?: (scope: Scope) => void;
}

/** A value, or a lambda that gives it. */
export type Given<Scope, Value> = Value | ((scope: Scope) => Value);
