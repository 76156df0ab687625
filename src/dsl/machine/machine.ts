import type { Common } from '../common.ts';
import type { PayloadOf } from '../event/event.ts';
import type { Ref } from '../ref.ts';
import type { Parsed, Schema, Written } from '../schema.ts';
import { liveMachine } from './live.ts';
import type { Events, Flows, Level1, Machines, Tasks, World } from './state.ts';

/** A declared machine. */
export interface Machine<
  Name extends string = string,
  StateName extends string = string,
  Ctx extends Schema = Schema,
> extends Ref<'machine', Written<Ctx>> {
  readonly name: Name;
  readonly context: Ctx;
  /** Type only. */
  readonly '~state': StateName;
}

/** A machine that still needs its states. */
export interface MachineHead<Name extends string, Ctx extends Schema, W extends World> {
  /** The state that a new instance starts in, and the states. */
  states<
    A extends string,
    N1,
    N2,
    N3,
    N4,
    B extends string = never,
    C extends string = never,
    D extends string = never,
    P extends string = never,
  >(
    initial: NoInfer<A> | readonly NoInfer<A | B | C | D | P>[],
    states: Level1<Parsed<Ctx>, W, NoInfer<A | B | C | D | P>, A, B, C, D, P, N1, N2, N3, N4>,
  ): Machine<Name, A | B | C | D | P, Ctx>;
}

/**
 * Declares a statechart: one instance a key, each event run to completion. Semantics are those of W3C SCXML.
 *
 * @example
 * ```ts
 * import { event, machine } from 'millrace';
 * import { z } from 'zod';
 *
 * const opened = event('opened', { payload: z.object({ door: z.string() }) });
 * const closed = event('closed', { payload: z.object({ door: z.string() }) });
 * export const door = machine('door', {
 *   key: 'door',
 *   context: z.object({ times: z.int().default(0) }),
 *   events: { opened, closed },
 *   creates: ['opened'],
 * }).states('shut', {
 *   shut: { on: { opened: { target: 'open', assign: ({ context }) => ({ times: context.times + 1 }) } } },
 *   open: { on: { closed: 'shut' }, after: { '1h': 'shut' } },
 * });
 * ```
 */
export function machine<
  const Name extends string,
  Ctx extends Schema,
  const E extends Events = {},
  const F extends Flows = {},
  const T extends Tasks = {},
  const M extends Machines = {},
>(
  name: Name,
  head: {
    /** The field, present in every event, that says which instance the event is for. */
    readonly key: keyof PayloadOf<NoInfer<E>[keyof E]> & string;
    readonly context: Ctx;
    /** The events that it reacts to, under the names used in `on`. */
    readonly events: E;
    /** The events that may create an instance. Without it instances are created by hand only. */
    readonly creates?: readonly (keyof NoInfer<E> & string)[];
    /** The flows, tasks and machines that its states `run`, under the names used there. */
    readonly flows?: F;
    readonly tasks?: T;
    readonly machines?: M;
  } & Common,
): MachineHead<
  Name,
  Ctx,
  { readonly context: Parsed<Ctx>; readonly events: E; readonly flows: F; readonly tasks: T; readonly machines: M }
> {
  return { states: (initial, states) => liveMachine(name, head, initial, states) as never };
}
