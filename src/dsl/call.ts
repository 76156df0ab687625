/** What a call can name. */
export type CallKind = 'task' | 'flow' | 'event';

/** A request to run or publish something, not the run itself: what the lambda of a step gives. */
export interface Call<Result, Kind extends CallKind = CallKind> {
  /** Kind and name of the definition, such as `task:chargeCard`. */
  readonly target: `${Kind}:${string}`;
  readonly input: unknown;
  /** Type only. */
  readonly '~result': Result;
}

/** What the lambda of a step gives: `chargeCard({ ... })`, or a child flow. */
export type TaskCall<Result> = Call<Result, 'task' | 'flow'>;
/** What the lambda of an emit gives: `orderShipped({ ... })`. */
export type EventCall = Call<void, 'event'>;
/** What the lambda of a start gives. */
export type FlowCall = Call<unknown, 'flow'>;

/**
 * Makes a definition callable, so that a step can say `chargeCard({ ... })` and a type error lands on the very
 * property that is wrong. `name` is redefined: a function has one of its own.
 */
export function callable(definition: { readonly kind: CallKind; readonly name: string }): never {
  const target = `${definition.kind}:${definition.name}`;
  const call = (input?: unknown): object => ({ target, input });
  for (const [key, value] of Object.entries(definition)) Object.defineProperty(call, key, { value, enumerable: true });
  return Object.freeze(call) as never;
}
