import type { Parsed, Schema } from '../schema.ts';
import type { MachineHead } from './machine.ts';
import type { Level1, PartMark, World } from './state.ts';

/** Some states of a machine, kept apart: a state for a machine to hold, with these below it. */
export interface Part<Names extends string = string, Exits extends string = string> {
  readonly initial: Names;
  readonly states: {};
  /** Type only. */
  readonly '~part': PartMark<Names, Exits>;
}

/**
 * States kept apart from their machine: in another file, or because the hierarchy goes deeper than four levels. The
 * result is a state; spread it to add more to that state: `{ ...packing, on: { ... } }`. `exits` lists the states
 * outside that its transitions go to; the machine checks that it has them.
 *
 * @example
 * ```ts
 * import { event, machine, part } from 'millrace';
 * import { z } from 'zod';
 *
 * const scanned = event('scanned', { payload: z.object({ parcel: z.string() }) });
 * const head = machine('parcel', { key: 'parcel', context: z.object({}), events: { scanned } });
 * const depot = part(head, 'arriving', {
 *   arriving: { on: { scanned: 'sorting' } },
 *   sorting: { on: { scanned: 'delivered' } },
 * }, { exits: ['delivered'] });
 * export const parcel = head.states('travelling', { travelling: depot, delivered: { final: true } });
 * ```
 */
export function part<
  Name extends string,
  Ctx extends Schema,
  W extends World,
  A extends string,
  N1,
  N2,
  N3,
  N4,
  B extends string = never,
  C extends string = never,
  D extends string = never,
  P extends string = never,
  const X extends string = never,
>(
  head: MachineHead<Name, Ctx, W>,
  initial: NoInfer<A>,
  states: Level1<Parsed<Ctx>, W, NoInfer<A | B | C | D | P | X>, A, B, C, D, P, N1, N2, N3, N4>,
  options?: { readonly exits: readonly X[] },
): Part<A | B | C | D | P, X> {
  void head;
  void options;
  return Object.freeze({ initial, states }) as never;
}
