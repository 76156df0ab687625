import { MillraceError } from '../core/index.ts';
import { startCell, takeEvent } from './compiled/compiled-machine.ts';
import type { CompiledMachine } from './compiled/program.ts';
import type { Effect, MachineEvent, MachineModule, Snapshot, StateIn, StepScope } from './module.ts';

/**
 * A machine at work in memory: in a browser page, in a test. Its functions need no `this`, so that they can be handed on
 * as they are: `useSyncExternalStore(actor.subscribe, actor.getSnapshot)`. `Event` narrows what may be sent: the union that a
 * generated module exports.
 */
export interface Actor<Context, State extends string = string, Event extends MachineEvent = MachineEvent> {
  /**
   * Takes an event to completion. An event sent meanwhile (from a subscriber, say) waits for its turn. What `onEffects` or
   * a listener throws is thrown again once all were told; the actor is then where the event led.
   *
   * @throws MillraceError MR3386 for an event that only the machine itself can tell of.
   */
  readonly send: (event: Event) => void;
  /** Where it stands. The very same object until an event is handled. */
  readonly getSnapshot: () => Snapshot<Context, State>;
  /** Calls back after each event that was handled. Returns a function that ends it. */
  readonly subscribe: (listener: (snapshot: Snapshot<Context, State>) => void) => () => void;
}

export interface ActorOptions<Context = unknown> {
  /** Goes on from here instead of starting anew. What comes from a storage is first checked with `checkSnapshot`. */
  readonly snapshot?: Snapshot<Context>;
  readonly instanceId?: string;
  /** Milliseconds since 1970. Default: always 0, so that a machine does not read the clock unasked. */
  readonly now?: () => number;
  /** Gets what each step asks its host to do: timers, work, events for others. Nothing of it is done here. */
  readonly onEffects?: (effects: readonly Effect[]) => void;
}

/**
 * Starts a machine in memory, without storage. Snapshots are plain JSON and never change.
 *
 * @example
 * ```ts
 * import { createActor, type MachineModule } from 'millrace/machine';
 *
 * function watch(lamp: MachineModule<{ readonly lit: number }>) {
 *   const actor = createActor(lamp, { lit: 0 });
 *   actor.subscribe(({ state }) => console.log(state.join()));
 *   actor.send({ name: 'toggle', payload: undefined });
 * }
 * ```
 */
export function createActor<Context, Contexts = Readonly<Record<string, Context>>>(
  machine: MachineModule<Context, Contexts>,
  context: Context,
  options: ActorOptions<Context> = {},
): Actor<Context, StateIn<Contexts>> {
  // What the states are called is known to the types alone.
  return actorOf(machine as unknown as MachineModule<Context>, context, options) as Actor<Context, StateIn<Contexts>>;
}

function actorOf<Context>(
  machine: MachineModule<Context>,
  context: Context,
  options: ActorOptions<Context>,
): Actor<Context> {
  const { onEffects, now = () => 0, instanceId = '', snapshot: from } = options;
  const take = 'program' in machine ? inRegisters(machine as CompiledMachine<Context>) : bySnapshots(machine);
  const waiting: MachineEvent[] = [];
  let listeners: readonly ((snapshot: Snapshot<Context>) => void)[] = [];
  let busy = false;
  const first = take.start(context, { instanceId, now: now() }, from);
  let { snapshot } = first;
  if (first.effects.length > 0) onEffects?.(first.effects);

  const handle = (event: MachineEvent): void => {
    const taken = take.send(event, now());
    if (taken === undefined) return;
    ({ snapshot } = taken);
    // Everybody hears of it, whoever throws; the first that did is then heard of, too.
    const thrown: unknown[] = [];
    const tell = (call: () => void): void => {
      try {
        call();
      } catch (error) {
        thrown.push(error);
      }
    };
    if (taken.effects.length > 0) tell(() => onEffects?.(taken.effects));
    for (const listener of listeners) tell(() => listener(taken.snapshot));
    if (thrown.length > 0) throw thrown[0];
  };
  const send = (event: MachineEvent): void => {
    if (isOwn(event.name)) refuse(machine.name, event.name);
    if (busy) {
      waiting.push(event);
      return;
    }
    busy = true;
    try {
      handle(event);
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) handle(next);
    } finally {
      busy = false;
      // One of them threw: those behind it still have their turn.
      const next = waiting.shift();
      if (next !== undefined) send(next);
    }
  };
  return {
    send,
    getSnapshot: () => snapshot,
    subscribe(listener) {
      listeners = [...listeners, listener];
      return () => void (listeners = listeners.filter((each) => each !== listener));
    },
  };
}

/** Timers and work are the caller's, who sends their ends. What is left is told by the machine alone. */
const isOwn = (event: string): boolean => event.startsWith('done.state.') || event === 'error.execution';

function refuse(machine: string, event: string): never {
  throw new MillraceError(`Only machine '${machine}' itself tells of '${event}'.`, {
    code: 'MR3386',
    retryable: false,
    fault: 'input',
    details: { machine, event },
  });
}

interface Taken<Context> {
  readonly snapshot: Snapshot<Context>;
  readonly effects: readonly Effect[];
}

/** Keeps where the machine stands. It tells nobody: what throws outside leaves it where the event led. */
interface Taker<Context> {
  start(context: Context, scope: StepScope, from: Snapshot<Context> | undefined): Taken<Context>;
  /** Nothing when the event was not handled. */
  send(event: MachineEvent, now: number): Taken<Context> | undefined;
}

/** A compiled machine keeps its registers from event to event. */
function inRegisters<Context>({ program, keeper }: CompiledMachine<Context>): Taker<Context> {
  let cell: ReturnType<typeof keeper.open>;
  let last: Snapshot<Context>;
  const finish = (): Taken<Context> => {
    const { effects } = cell;
    if (effects.length > 0) cell.effects = [];
    last = keeper.read(cell);
    return { snapshot: last, effects };
  };
  const takeOrRestore = (event: MachineEvent): boolean => {
    const { context, instanceId, now } = cell;
    try {
      return takeEvent(program, cell, event.name, event.payload);
    } catch (thrown) {
      // A machine that did not come to rest stays as it was before the event.
      cell = keeper.open(context, { instanceId, now }, last);
      throw thrown;
    }
  };
  return {
    start(context, scope, from) {
      if (from !== undefined) {
        cell = keeper.open(from.context, scope, from);
        cell.done = from.status === 'done';
        last = from;
        return { snapshot: from, effects: [] };
      }
      cell = keeper.open(context, scope);
      startCell(program, cell);
      return finish();
    },
    send(event, now) {
      if (cell.done) return undefined;
      cell.now = now;
      const handled = takeOrRestore(event);
      if (cell.errors.length > 0) {
        // Whoever wants to know hears of it as `error.execution`; nothing of it outlives the step.
        cell.errors = [];
        cell.queue = [];
      }
      return handled ? finish() : undefined;
    },
  };
}

function bySnapshots<Context>(machine: MachineModule<Context>): Taker<Context> {
  let snapshot: Snapshot<Context>;
  let instanceId = '';
  return {
    start(context, scope, from) {
      instanceId = scope.instanceId;
      const taken = from === undefined ? machine.start(context, scope) : { snapshot: from, effects: [] };
      ({ snapshot } = taken);
      return taken;
    },
    send(event, now) {
      const step = machine.send(snapshot, event, { instanceId, now });
      if (!step.handled) return undefined;
      ({ snapshot } = step);
      return step;
    },
  };
}
