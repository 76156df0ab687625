import type { InvocationId, ObjectContext, ObjectSharedContext, ServiceDefinition } from '@restatedev/restate-sdk';
import { RecordedError, toErrorRecord } from '../../core/index.ts';
import { historyLimits, type InstanceName } from '../../engine/index.ts';
import type { HistoryView, InstanceView, RollbackGives } from '../../runtime/index.ts';
import type { BoundMachine } from '../../tasks/index.ts';
import type { Place, Published } from '../contract.ts';
import { publish } from '../events/index.ts';
import { plumbing } from '../plumbing.ts';
import { refusal } from '../refusal.ts';
import { json } from '../json.ts';
import { handlers as kinds, object } from '../sdk.ts';
import type {
  CreateAsks,
  EndedAsks,
  EventAsks,
  EventGives,
  HaltAsks,
  HistoryAsks,
  HistoryEntry,
  InstanceState,
  RemoveAsks,
  RingAsks,
  RollbackAsks,
  SendAsks,
  UnsentAsks,
  WakeAsks,
} from './contract.ts';
import * as does from './handlers.ts';
import type { Plan, Planned } from './plan.ts';
import { entryFor, rollback, type Found } from './rollback.ts';
import { Turn } from './turn.ts';
import { historyView, instanceView, wouldTake } from './views.ts';

export interface MachineOptions {
  /** Milliseconds of real time, by which the steps of machines are measured. Default: `performance.now`. */
  readonly stopwatch?: () => number;
}

/** The virtual objects of all machines of a system. See `MachineHandlers` for what they are called with. */
export function machineServices(place: Place, options: MachineOptions = {}): ServiceDefinition<string, unknown>[] {
  const limits = historyLimits(place.system.retention?.history);
  return place.registry.machines().map((machine) => machineObject({ place, machine, limits, options }));
}

interface Made {
  readonly place: Place;
  readonly machine: BoundMachine;
  readonly limits: ReturnType<typeof historyLimits>;
  readonly options: MachineOptions;
}

/** Under which key an entry of the history is kept. */
export const entryKey = (sequence: number): string => `entry ${String(sequence).padStart(10, '0')}`;
/** How many entries that have become too old are let go of with one event. */
const agedAtOnce = 3;

/** What was read is kept for a moment, for a caller whose connection broke. */
const reading = { idempotencyRetention: 10_000 } as const;

function machineObject(made: Made): ServiceDefinition<string, unknown> {
  const { place, machine } = made;
  const { shared } = kinds.object;
  const named = (ctx: ObjectSharedContext): InstanceName => ({ machine: machine.module.name, id: ctx.key });
  return object({
    name: place.names.machine(machine.module.name),
    handlers: {
      event: (ctx: ObjectContext, asks: EventAsks): Promise<EventGives | undefined> =>
        take(made, ctx, { name: asks.event.name, work: (turn) => does.event(turn, asks) }),
      async create(ctx: ObjectContext, asks: CreateAsks | undefined): Promise<InstanceView | undefined> {
        await take(made, ctx, { name: 'create', work: (turn) => does.create(turn, asks ?? {}), ...depthOf(asks) });
        const state = await ctx.get<InstanceState>('instance');
        return state === null ? undefined : instanceView(named(ctx), state);
      },
      ring: (ctx: ObjectContext, asks: RingAsks): Promise<void> =>
        take(made, ctx, { name: 'ring', work: (turn) => does.ring(turn, asks) }),
      ended: (ctx: ObjectContext, asks: EndedAsks): Promise<void> =>
        take(made, ctx, { name: asks.ref, work: (turn) => does.ended(turn, asks), ...depthOf(asks) }),
      send: (ctx: ObjectContext, asks: SendAsks): Promise<void> =>
        take(made, ctx, {
          name: asks.event.name,
          work: (turn) => turn.internal({ event: asks.event, sent: asks }),
          ...depthOf(asks),
        }),
      unsent: (ctx: ObjectContext, asks: UnsentAsks): Promise<void> =>
        take(made, ctx, {
          name: 'error.communication',
          work: (turn) => turn.internal({ event: { name: 'error.communication', payload: asks.error } }),
          ...depthOf(asks),
        }),
      halt: (ctx: ObjectContext, asks: HaltAsks): Promise<void> =>
        take(made, ctx, { name: 'halt', work: (turn) => does.halt(turn, asks) }),
      wake: (ctx: ObjectContext, asks: WakeAsks | undefined): Promise<void> =>
        take(made, ctx, { name: 'wake', work: (turn) => does.wake(turn, asks ?? {}) }),
      rollback: (ctx: ObjectContext, asks: RollbackAsks | undefined): Promise<RollbackGives | undefined> =>
        take(made, ctx, {
          name: 'rollback',
          back: asks ?? {},
          work: (turn, found) => rollback(turn, asks ?? {}, found),
        }),
      async remove(ctx: ObjectContext, asks: RemoveAsks | undefined): Promise<InstanceName> {
        await take(made, ctx, { name: 'remove', work: (turn) => does.remove(turn, asks ?? {}) });
        return named(ctx);
      },
      get: shared(reading, async (ctx: ObjectSharedContext): Promise<InstanceView | null> => {
        const state = await ctx.get<InstanceState>('instance');
        return state && instanceView(named(ctx), state);
      }),
      available: shared(reading, async (ctx: ObjectSharedContext): Promise<readonly string[]> => {
        return wouldTake(machine, place.system.version, await ctx.get<InstanceState>('instance'));
      }),
      history: shared(
        // Many entries at once.
        { ...reading, enableLazyState: false },
        async (ctx: ObjectSharedContext, asks: HistoryAsks | undefined): Promise<readonly HistoryView[]> =>
          historyOf(ctx, asks ?? {}),
      ),
    },
    options: {
      ...plumbing,
      // A whole step or nothing of it: what a person cancels is the work that it has begun.
      explicitCancellation: true,
      // An event needs the newest of it only, and not a thousand entries of history.
      enableLazyState: true,
    },
  });
}

const depthOf = (asks: { readonly depth?: number } | undefined): { readonly depth?: number } =>
  asks?.depth === undefined ? {} : { depth: asks.depth };

interface Took<T> {
  /** What it is called in the journal. */
  readonly name: string;
  readonly work: (turn: Turn, found: Found | undefined) => T;
  readonly depth?: number;
  /** Goes back to an entry of the history. */
  readonly back?: RollbackAsks;
}

/** One turn of an instance: what it is, what becomes of it, which is one entry of the journal, and the carrying out. */
async function take<T>(made: Made, ctx: ObjectContext, { name, work, depth = 0, back }: Took<T>): Promise<T> {
  const { place, machine, limits } = made;
  const state = (await ctx.get<InstanceState>('instance')) ?? undefined;
  const life = state?.life ?? (state === undefined ? ((await ctx.get<number>('life')) ?? 0) : 0);
  const read = (sequence: number): Promise<HistoryEntry | null> => ctx.get<HistoryEntry>(entryKey(sequence));
  const found = back === undefined || state === undefined ? undefined : await entryFor(state, back, read);
  const { keep, maxAge } = limits(machine.module.name);
  const oldest = maxAge === undefined || state === undefined ? [] : await timesOf(state, read);
  const planned = await ctx.run(name === '' ? 'create' : name, (): Planned<T> => {
    const stopwatch = made.options.stopwatch ?? (() => performance.now());
    const turn = new Turn({ place, machine, id: ctx.key, state, life, depth, stopwatch });
    try {
      does.takeParked(turn);
      const gives = work(turn, found);
      return { ok: true, plan: turn.plan(state, gives, trimmed(turn, { keep, maxAge, oldest })) };
    } catch (thrown) {
      return { ok: false, error: toErrorRecord(thrown) };
    }
  });
  if (!planned.ok) throw refusal(new RecordedError(planned.error), planned.error.code === 'MR3306' ? 404 : 409);
  await carryOut(made, ctx, planned.plan, life);
  return planned.plan.gives as T;
}

/** When the oldest entries were made, if there may be some that are too old. */
async function timesOf(
  { oldest, seq }: InstanceState,
  read: (sequence: number) => Promise<HistoryEntry | null>,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let at = oldest; at <= seq && times.length < agedAtOnce; at++) times.push((await read(at))?.time ?? 0);
  return times;
}

/** Lets go of what is beyond the limits of the history: the oldest entries, never the newest. */
function trimmed(
  turn: Turn,
  { keep, maxAge, oldest: times }: { keep: number; maxAge: number | undefined; oldest: readonly number[] },
): readonly [number, number] | undefined {
  const { state } = turn;
  if (state === undefined || turn.entries.length === 0) return undefined;
  const since = maxAge === undefined ? 0 : state.updated - maxAge;
  const aged = times.findIndex((time) => time >= since);
  const from = Math.max(state.seq - keep + 1, state.oldest + (aged < 0 ? times.length : aged));
  if (from <= state.oldest) return undefined;
  turn.state = { ...state, oldest: from };
  return [state.oldest, from];
}

async function carryOut(made: Made, ctx: ObjectContext, plan: Plan<unknown>, life: number): Promise<void> {
  const { place } = made;
  const begun = new Map<string, InvocationId>();
  const events: Published[] = [];
  for (const deed of plan.deeds) {
    switch (deed.do) {
      case 'publish':
        events.push(deed.event);
        break;
      case 'begin': {
        const { kind, name, asks } = deed;
        const service = kind === 'flow' ? place.names.flow(name) : place.names.task(name);
        const call = { service, method: 'run', parameter: asks, inputSerde: json(), idempotencyKey: asks.run };
        const handle = ctx.genericSend({ ...call, name: asks.run });
        // Needed to stop it.
        if (asks.owner !== undefined) begun.set(asks.owner.token, await handle.invocationId);
        break;
      }
      case 'cancel': {
        const invocation = begun.get(deed.token) ?? (deed.invocation as InvocationId | undefined);
        if (invocation !== undefined) ctx.invocation(invocation).cancel();
        break;
      }
      case 'tell':
        ctx.genericSend<unknown>({
          service: place.names.machine(deed.to.machine),
          key: deed.to.id,
          method: deed.handler,
          parameter: deed.asks,
          inputSerde: json(),
          name: deed.handler,
          ...(deed.delay === undefined ? {} : { delay: Math.ceil(place.real(deed.delay)) }),
        });
        break;
    }
  }
  publish(ctx, place, events);
  if (plan.state === null) {
    ctx.clearAll();
    ctx.set('life', life + 1);
    return;
  }
  const [from, to] = plan.drops ?? [0, 0];
  for (const entry of plan.entries) if (entry.sequence >= to) ctx.set(entryKey(entry.sequence), entry);
  const first = plan.entries[0]?.sequence ?? to;
  for (let gone = from; gone < Math.min(to, first); gone++) ctx.clear(entryKey(gone));
  if (plan.state !== undefined) ctx.set('instance', withInvocations(plan.state, begun));
}

const withInvocations = (state: InstanceState, begun: ReadonlyMap<string, string>): InstanceState =>
  begun.size === 0
    ? state
    : {
        ...state,
        work: (state.work ?? []).map((item) => {
          const invocation = begun.get(item.token);
          return invocation === undefined ? item : { ...item, invocation };
        }),
      };

async function historyOf(ctx: ObjectSharedContext, { tail, before }: HistoryAsks): Promise<readonly HistoryView[]> {
  const state = await ctx.get<InstanceState>('instance');
  if (state === null) return [];
  const end = Math.min(state.seq + 1, before ?? Number.POSITIVE_INFINITY);
  const from = Math.max(state.oldest, end - (tail ?? Number.POSITIVE_INFINITY));
  const entries: HistoryView[] = [];
  for (let at = from; at < end; at++) {
    const entry = await ctx.get<HistoryEntry>(entryKey(at));
    if (entry !== null) entries.push(historyView(entry));
  }
  return entries;
}
