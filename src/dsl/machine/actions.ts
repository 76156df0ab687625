import type { Duration } from '../../core/index.ts';
import type { Call } from '../call.ts';

/** The fields of the context that change. `undefined` clears one that may be absent. */
export type Changes<Ctx> = { readonly [K in keyof Ctx]?: Ctx[K] | undefined };

type One<T> = T | readonly T[];
type Publish<Scope> = (scope: Scope) => Call<void, 'event'>;

/** An event sent later, under a name by which it can be taken back, or to another machine. */
export interface Send<Scope> {
  readonly event: Publish<Scope>;
  readonly delay?: Duration | ((scope: Scope) => Duration);
  readonly id?: string;
  /** The name of a machine. Without it the event goes to this instance. */
  readonly target?: string | ((scope: Scope) => string);
}

/** One action, where the order matters. */
export type Action<Scope, Ctx> =
  | { readonly assign: (scope: Scope) => Changes<Ctx> }
  | { readonly emit: Publish<Scope> }
  | { readonly raise: Publish<Scope> }
  | { readonly start: (scope: Scope) => Call<unknown, 'flow'> }
  | { readonly send: Send<Scope> }
  | { readonly cancel: string | ((scope: Scope) => string) }
  | ForEach<Scope, Ctx>;

/** The same actions for each item of a list. Made by `forEach(...)`. */
export interface ForEach<Scope, Ctx> {
  readonly forEach: {
    readonly over: (scope: Scope) => readonly unknown[];
    readonly do: readonly Action<never, Ctx>[];
  };
}

/**
 * What a transition, an entry or an exit does: first `assign`, then, seeing the new context, `emit`, `raise`, `start`,
 * `send`, `cancel`, and last `do`, whose actions run in the order in which they stand.
 */
export interface Actions<Scope, Ctx> {
  /** Changes the context. */
  readonly assign?: (scope: Scope) => Changes<Ctx>;
  /** Appends an event to the event log. */
  readonly emit?: One<Publish<Scope>>;
  /** Puts an event into the machine's own queue: it is taken before any event from outside. */
  readonly raise?: One<Publish<Scope>>;
  /** Starts a flow that outlives the state. */
  readonly start?: One<(scope: Scope) => Call<unknown, 'flow'>>;
  /** Sends an event later, or to another machine. */
  readonly send?: One<Send<Scope>>;
  /** Takes back a delayed `send`. */
  readonly cancel?: One<string | ((scope: Scope) => string)>;
  readonly do?: readonly Action<Scope, Ctx>[];
}

/**
 * Does the same for each item of a list; `item` and `index` join the scope.
 *
 * @example
 * ```ts
 * import { event, forEach, machine } from 'millrace';
 * import { z } from 'zod';
 *
 * const closed = event('closed', { payload: z.object({ id: z.string() }) });
 * const freed = event('freed', { payload: z.object({ id: z.string(), seat: z.string() }) });
 * export const booking = machine('booking', {
 *   key: 'id',
 *   context: z.object({ seats: z.array(z.string()) }),
 *   events: { closed },
 * }).states('open', {
 *   open: { on: { closed: { target: 'done', do: [
 *     forEach(({ context }) => context.seats, [{ emit: ({ event, item }) => freed({ id: event.id, seat: item }) }]),
 *   ] } } },
 *   done: { final: true },
 * });
 * ```
 */
export function forEach<Scope, Ctx, Item>(
  over: (scope: Scope) => readonly Item[],
  actions: readonly Action<Scope & { readonly item: Item; readonly index: number }, NoInfer<Ctx>>[],
): ForEach<Scope, Ctx> {
  return { forEach: { over, do: actions as never } };
}
