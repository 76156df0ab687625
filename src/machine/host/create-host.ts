import { Host } from './host.ts';
import { keyOf, listenTo, type Instance } from './instance.ts';
import type { MachineModule, StateIn } from '../module.ts';
import type { HostOptions } from './options.ts';
import type { HostDocument } from './persist/document.ts';
import { dump } from './persist/dump.ts';
import { restore, type RestoreOptions } from './persist/restore.ts';
import { publish } from './reach.ts';

/** A machine of the host: its module, which types the instance, or its name. */
export type MachineHandle<Context, Contexts = Readonly<Record<string, Context>>> =
  | MachineModule<Context, Contexts>
  | string;

/** What a new instance is given. */
export interface NewInstance<Context> {
  /** Default: a number that is free. */
  readonly id?: string;
  /** What the schema of the machine's context does not fill in by itself; the whole context when the host has none. */
  readonly context?: Partial<Context>;
}

/** Machines at work in memory: see {@link createMachineHost}. */
export interface MachineHost {
  /**
   * Starts an instance.
   *
   * @throws MillraceError MR3375 unknown machine, MR3376 there is one, MR3381 the context is not valid, MR3331 it does not
   * come to rest.
   */
  readonly create: <Context, Contexts = Readonly<Record<string, Context>>>(
    machine: MachineHandle<Context, Contexts>,
    options?: NewInstance<Context>,
  ) => Instance<Context, StateIn<Contexts>>;
  readonly get: <Context, Contexts = Readonly<Record<string, Context>>>(
    machine: MachineHandle<Context, Contexts>,
    id: string,
  ) => Instance<Context, StateIn<Contexts>> | undefined;
  /** All instances, or those of a machine, in the order in which they were created. */
  readonly list: <Context, Contexts = Readonly<Record<string, Context>>>(
    machine?: MachineHandle<Context, Contexts>,
  ) => readonly Instance<Context, StateIn<Contexts>>[];
  /**
   * Puts an event, under its name in the system, before the instance of each machine that lists it: the one that the key
   * of the payload names, created when the machine says that the event may. Gives these instances; when there is none,
   * `onUnhandled` hears why.
   *
   * @throws MillraceError MR3302 when the payload does not fit its schema, where the host has one. Nobody gets it then.
   */
  readonly publish: (event: string, payload?: unknown) => readonly Instance[];
  /** Calls back after each change of an instance. Returns a function that ends it. */
  readonly subscribe: (listener: (instance: Instance) => void) => () => void;
  /**
   * Writes all instances down: where they stand, their timers, what they run, and the events on their way, as plain JSON.
   * Flows that were started to outlive their states are not in it.
   *
   * @throws MillraceError MR3371 when something of it is not JSON.
   */
  readonly dump: () => HostDocument;
  /**
   * Puts back what `dump` or `persist` wrote down, as an object or as JSON text: all of it, or nothing. Timers that are
   * overdue ring at once, in the order of their deadlines. Flows and tasks that were under way begin anew. Gives the
   * instances, without those that others run.
   *
   * @throws MillraceError MR3370 it is no such document, MR3372 its format is not known, MR3375 an unknown machine, MR3376
   * such an instance is there, MR3373 another version of a machine, MR3330 a state that does not exist, MR3374 states that
   * cannot be active together, MR3381 a context that does not fit.
   */
  readonly restore: (document: unknown, options?: RestoreOptions) => readonly Instance[];
  /** Ends all instances and their work. */
  readonly stop: () => void;
}

/**
 * Runs machines in memory, with everything that they ask for: timers, events to each other, machines that run machines,
 * and work in the form of functions of yours. For a browser page, a test, a small tool: nothing is stored.
 *
 * Every event is taken to completion before the next one. Events reach an instance in the order in which they were sent;
 * what is due at once comes before what is due later, and equal deadlines come in the order in which they were set. Who
 * cannot be reached is told to the sender as the event `error.communication`.
 *
 * @throws MillraceError MR3385 when two machines have the same name.
 * @example
 * ```ts
 * import { createMachineHost, type MachineModule } from 'millrace/machine';
 *
 * function start(order: MachineModule<{ readonly total: number }>) {
 *   const host = createMachineHost({
 *     machines: [order],
 *     work: { chargeCard: async (amount: number, { signal }) => fetch(`/charge?amount=${amount}`, { signal }) },
 *     onEmit: ({ event, payload }) => console.log(event, payload),
 *   });
 *   const first = host.create(order, { id: '17', context: { total: 3 } });
 *   first.subscribe(({ state }) => console.log(state.join()));
 *   first.send({ name: 'placed', payload: undefined });
 * }
 * ```
 */
export function createMachineHost(options: HostOptions): MachineHost {
  const host = new Host(options);
  const nameOf = (machine: string | { readonly name: string }): string =>
    typeof machine === 'string' ? machine : machine.name;
  // What contexts and states are called is known to the types alone.
  return {
    create: (machine, { id, context } = {}) => {
      const created = host.create(nameOf(machine), id, context);
      host.run();
      return created.face as never;
    },
    get: (machine, id) => host.instances.get(keyOf(nameOf(machine), id))?.face as never,
    list: (machine) =>
      [...host.instances.values()]
        .map(({ face }) => face)
        .filter((each) => machine === undefined || each.machine === nameOf(machine)) as never,
    publish: (event, payload) => {
      const found = publish(host, event, payload, true);
      host.run();
      return found.map(({ face }) => face);
    },
    subscribe: (listener) => listenTo(host.watchers, listener),
    dump: () =>
      dump(
        host,
        [...host.instances.values()].filter(({ parent }) => parent === undefined),
      ),
    restore: (document, options = {}) => {
      const restored = restore(host, document, options);
      host.run();
      return restored.map(({ face }) => face);
    },
    stop: () => host.stop(),
  };
}
