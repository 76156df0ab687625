/** The names that every lambda of a flow can read, beside the input and the results of the steps above it. */
export interface FlowScope<Input> {
  readonly input: Input;
  /** Milliseconds since 1970, as recorded: the same in every replay. */
  readonly now: number;
  readonly runId: string;
}

/** A step id that is new in this flow; a used one becomes a type whose name is the sentence to read. */
export type NewId<Id extends string, Scope> = Id extends keyof Scope
  ? Id extends keyof FlowScope<unknown> | 'item' | 'index' | 'error'
    ? `'${Id}' is a name that lambdas have anyway: take another step id`
    : `step id '${Id}' is already used in this flow`
  : Id;

// Flat on purpose: an intersection that grows with each step checks twice as slowly at 50 steps, and hovers badly.
/** A scope with one more name. */
export type With<Scope, Id extends string, Value> = {
  readonly [K in keyof Scope | Id]: K extends Id ? Value : K extends keyof Scope ? Scope[K] : never;
};

/** The scope of the body of a map. */
export type PerItem<Scope, Item> = {
  readonly [K in keyof Scope | 'item' | 'index']: K extends 'item'
    ? Item
    : K extends 'index'
      ? number
      : K extends keyof Scope
        ? Scope[K]
        : never;
};

/** The scope of the condition of a repeat. */
export type PerRound<Scope, Value> = {
  readonly [K in keyof Scope | 'value' | 'index']: K extends 'value'
    ? Value
    : K extends 'index'
      ? number
      : K extends keyof Scope
        ? Scope[K]
        : never;
};
