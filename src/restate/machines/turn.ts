import { messageOf, MillraceError, toErrorRecord, type ErrorRecord } from '../../core/index.ts';
import {
  badContext,
  checkFits,
  checkId,
  checkVersion,
  contextNotJson,
  endlessChain,
  EventError,
  goneReceiver,
  instanceExists,
  longestChain,
  machineFailed,
  noInstance,
  parsedFor,
  RunError,
  type InstanceName,
} from '../../engine/index.ts';
import type { MachineEvent, MachineStep, Snapshot } from '../../machine/index.ts';
import { decodeJson, encodeJson, type BoundMachine } from '../../tasks/index.ts';
import type { Place } from '../contract.ts';
import { RestateError } from '../errors.ts';
import { armed, moreOf, payloadOf } from './armed.ts';
import type { HistoryEntry, InstanceState, ParentState, SendAsks } from './contract.ts';
import { carryOut, dropAll } from './effects.ts';
import type { Deed, Plan, Tell } from './plan.ts';
import { checkContexts } from './size.ts';
import { available } from './views.ts';

/** How many events one event may set off at once in all within an instance. */
const most = 100_000;
/** The machine, as it is here, cannot wake the instance; another version may. */
const unfits: ReadonlySet<string> = new Set(['MR3350', 'MR3304', 'MR3502']);
/** In ms of the clock: how soon after being set aside an event is tried again, and how long that may become. */
const [soon, late] = [1000, 60_000];

/** An event that the instance is about to take. */
interface Own {
  readonly event: MachineEvent;
  /** Under which the instance has sent it to itself. */
  readonly id?: string | undefined;
  /** Another instance has sent it. */
  readonly sent?: SendAsks;
}

/** An event on its way to the instance, or from it to others, in the order in which the instance has sent them. */
type Link = Own | { readonly tell: Tell; readonly id: string | undefined };
type Queued = Link & { readonly depth: number };

interface Kept {
  readonly state: InstanceState | undefined;
  readonly counts: readonly [number, number];
  readonly bytes: number;
  readonly queue: readonly Queued[];
  readonly first: readonly Queued[];
}

export interface TurnOptions {
  readonly place: Place;
  readonly machine: BoundMachine;
  readonly id: string;
  /** As it is; absent: there is none. */
  readonly state: InstanceState | undefined;
  /** How many instances of this id were removed. */
  readonly life: number;
  /** How many events have led to this one at once, over all instances. */
  readonly depth: number;
  /** In ms. */
  readonly stopwatch: () => number;
}

interface Stepped {
  readonly state: InstanceState;
  readonly before: Snapshot<unknown> | null;
  readonly event: MachineEvent;
  readonly began: number;
}

/**
 * What one handler does with an instance: takes an event and all that it sends itself at once, in memory. Changes nothing:
 * what it comes to is a plan, which the handler carries out when it is in the journal.
 */
export class Turn {
  readonly place: Place;
  readonly machine: BoundMachine;
  readonly name: InstanceName;
  readonly life: number;
  readonly stopwatch: () => number;
  state: InstanceState | undefined;
  readonly entries: HistoryEntry[] = [];
  readonly deeds: Deed[] = [];
  #queue: Queued[] = [];
  /** What comes before everything that was sent. */
  #first: Queued[] = [];
  #depth: number;
  /** Of the contexts in the entries. */
  #bytes = 0;
  #whole = false;

  constructor(options: TurnOptions) {
    this.place = options.place;
    this.machine = options.machine;
    this.name = { machine: options.machine.module.name, id: options.id };
    this.state = options.state;
    this.life = options.life;
    this.stopwatch = options.stopwatch;
    this.#depth = options.depth;
  }

  /** The depth of what follows from the present event. */
  get next(): number {
    return this.#depth + 1;
  }

  plan<T>(before: InstanceState | undefined, gives: T, drops?: readonly [number, number]): Plan<T> {
    return {
      ...(this.state === before ? {} : { state: this.state ?? null }),
      entries: this.entries,
      ...(drops === undefined ? {} : { drops }),
      deeds: this.deeds,
      ...(gives === undefined ? {} : { gives }),
    };
  }

  /**
   * Enters the initial state of a new instance.
   *
   * @throws EventError MR3305 it exists, MR3307 the context is not valid, MR3311 it does not come to rest.
   */
  create(context: unknown, parent?: ParentState): void {
    if (this.state !== undefined) throw instanceExists(this.name);
    const read = decodeJson(this.machine.context, JSON.stringify(context ?? {}));
    if (!read.ok) throw badContext(this.name, read.problems);
    const now = this.place.clock.now();
    const { module } = this.machine;
    const state: InstanceState = {
      status: 'active',
      snapshot: { state: [], context: null, status: 'active' },
      hash: module.hash,
      version: this.place.system.version,
      seq: 0,
      oldest: 1,
      created: now,
      updated: now,
      ...(parent === undefined ? {} : { parent }),
      ...(this.life === 0 ? {} : { life: this.life }),
      last: { sequence: 0, time: now, event: '', from: null, to: [] },
    };
    this.whole(() => {
      const began = this.stopwatch();
      const step = module.start(read.value, { instanceId: this.name.id, now });
      this.#apply({ state, before: null, event: { name: '', payload: undefined }, began }, step);
    });
  }

  /**
   * Takes an event, by its alias.
   *
   * @throws EventError MR3306, MR3350, MR3502, MR3311, and what the machine throws.
   */
  send(event: MachineEvent): { readonly handled: boolean; readonly available: readonly string[] } {
    const { state } = this;
    const { module } = this.machine;
    if (state === undefined) throw noInstance(this.name);
    if (state.status !== 'active') return { handled: false, available: [] };
    const now = this.place.clock.now();
    const before = state.snapshot;
    checkVersion(state.version, this.name, this.place.system);
    if (state.hash !== module.hash) checkFits(module, this.name, before);
    const began = this.stopwatch();
    const step = module.send(before, event, { instanceId: this.name.id, now });
    if (!step.handled && step.errors.length === 0)
      return { handled: false, available: available(this.machine, before) };
    this.#apply({ state: { ...state, updated: now }, before, event, began }, step);
    return { handled: step.handled, available: [] };
  }

  /** An event from the engine or a machine, which must not undo what brought it when it comes to nothing. */
  internal(own: Own): void {
    const { event, sent } = own;
    const status = this.state?.status;
    const create = status === undefined && sent?.creates === true;
    if (status !== 'active' && !create) {
      if (sent !== undefined) this.unsent(sent, goneReceiver(sent.by, sent.target, sent.name, this.name, status));
      return;
    }
    try {
      this.whole(() => {
        if (this.#depth > longestChain) throw endlessChain(this.name, event.name, longestChain);
        if (create) this.createByEvent();
        this.send(parsedFor(this.place.registry, this.name.machine, event));
      });
    } catch (thrown) {
      const error = this.failed(event.name, thrown);
      if (error.code !== 'MR3309') this.place.logger.error(error.message, { code: error.code, ...this.name });
      const unfit = unfits.has(error.code);
      if (sent !== undefined && (create || unfit)) this.unsent(sent, thrown);
      else if (unfit) this.#park(event);
      else this.#note(event, error);
    }
  }

  createByEvent(): void {
    checkId(this.name.id);
    this.create(undefined);
  }

  /** Tells the sender of an event, another instance or this one, that it could not be delivered. */
  unsent(sent: SendAsks | undefined, thrown: unknown): void {
    const error = toErrorRecord(thrown);
    const by = sent?.by ?? this.name;
    this.place.logger.warn(messageOf(thrown), { code: error.code, ...by });
    if (sent === undefined) this.first({ name: 'error.communication', payload: error });
    else this.deeds.push({ do: 'tell', to: by, handler: 'unsent', asks: { error, depth: this.next } });
  }

  push(link: Link): void {
    this.#queue.push({ ...link, depth: this.next });
  }

  /** Puts a failure in front of everything that was sent. */
  first(event: MachineEvent): void {
    this.#first.push({ event, depth: this.next });
  }

  /** Takes back what was sent under `id` and is not on its way. */
  takeBack(taken: string): void {
    this.#queue = this.#queue.filter(({ id }) => id !== taken);
  }

  /**
   * Does something and all that it sets off at once in this instance, or nothing of it.
   *
   * @throws EventError MR3311.
   */
  whole<T>(work: () => T): T {
    const kept = this.#keep();
    const outer = !this.#whole;
    const depth = this.#depth;
    this.#whole = true;
    try {
      const result = work();
      if (outer) this.#settle();
      return result;
    } catch (thrown) {
      this.#takeBack(kept);
      throw thrown;
    } finally {
      if (outer) {
        this.#whole = false;
        this.#depth = depth;
      }
    }
  }

  #settle(): void {
    for (let count = 1; ; count++) {
      const next = this.#first.shift() ?? this.#queue.shift();
      if (next === undefined) return;
      const about = 'tell' in next ? next.tell.handler : next.event.name;
      if (next.depth > longestChain) throw endlessChain(this.name, about, longestChain);
      if (count > most) throw endlessChain(this.name, about, most);
      this.#depth = next.depth;
      if ('tell' in next) this.deeds.push(next.tell);
      else this.internal(next);
    }
  }

  #keep(): Kept {
    const counts = [this.entries.length, this.deeds.length] as const;
    return { state: this.state, counts, bytes: this.#bytes, queue: [...this.#queue], first: [...this.#first] };
  }

  #takeBack({ state, counts, bytes, queue, first }: Kept): void {
    this.state = state;
    this.#bytes = bytes;
    [this.entries.length, this.deeds.length] = counts;
    this.#queue = [...queue];
    this.#first = [...first];
  }

  /** Keeps an event for a machine that fits, and has it tried again. */
  #park(event: MachineEvent): void {
    const { state } = this;
    if (state === undefined) return;
    const { parked = [] } = state;
    this.state = {
      ...state,
      parked: [...parked, { event: { name: event.name, ...payloadOf(event) }, at: this.place.clock.now() }],
    };
    if (parked.length === 0) this.wakeAgain(0);
  }

  wakeAgain(tries: number): void {
    const delay = Math.min(soon * 2 ** tries, late);
    this.deeds.push({ do: 'tell', to: this.name, handler: 'wake', asks: { tries: tries + 1 }, delay });
  }

  /** The history tells of an event that came to nothing. */
  #note(event: MachineEvent, error: ErrorRecord): void {
    const { state } = this;
    if (state === undefined) return;
    const { snapshot } = state;
    this.#store(
      { ...state, seq: state.seq + 1, updated: this.place.clock.now() },
      {
        kind: 'event',
        event: event.name,
        ...payloadOf(event),
        from: snapshot.state,
        errors: [{ message: `${error.code}: ${error.message}`, at: event.name }],
      },
    );
  }

  /** What stands in the way of an event, to be told: what is nobody's refusal is a failure of the machine. */
  failed(event: string, thrown: unknown): ErrorRecord {
    if (thrown instanceof EventError || thrown instanceof RunError || thrown instanceof RestateError)
      return toErrorRecord(thrown);
    // A machine that does not come to rest says so itself, and it is no mistake of ours.
    if (thrown instanceof MillraceError && thrown.code === 'MR3331') return toErrorRecord(thrown);
    const error = machineFailed(this.name, event, thrown);
    this.place.logger.error(error.message, { code: error.code, ...this.name });
    return toErrorRecord(error);
  }

  #apply({ state, before, event, began }: Stepped, step: MachineStep): void {
    const encoded = encodeJson(step.snapshot.context);
    if (!encoded.ok) throw contextNotJson(this.name, event.name, encoded.problems);
    const bytes = Buffer.byteLength(encoded.value ?? '');
    this.#bytes += bytes;
    checkContexts(this.name, event.name, bytes, this.#bytes);
    const snapshot = JSON.parse(JSON.stringify(step.snapshot)) as Snapshot<unknown>;
    const { hash } = this.machine.module;
    this.state = { ...state, status: snapshot.status, snapshot, hash, seq: state.seq + 1 };
    const errors = [...step.errors, ...carryOut(this, this.state, step.effects)];
    if (snapshot.status === 'done') this.#done(snapshot);
    this.#store(this.state, {
      kind: 'event',
      event: event.name,
      ...payloadOf(event),
      from: before === null ? null : before.state,
      errors,
      duration: this.elapsed(began),
    });
  }

  elapsed(began: number): number {
    return Math.round((this.stopwatch() - began) * 1000) / 1000;
  }

  /** Notes a step in the history, and the instance as it is then. */
  #store(
    state: InstanceState,
    entry: Pick<HistoryEntry, 'kind' | 'event' | 'payload' | 'from' | 'errors' | 'duration'>,
  ): void {
    this.note(state, { ...entry, context: state.snapshot.context });
  }

  note(
    state: InstanceState,
    entry: Pick<HistoryEntry, 'kind' | 'event' | 'payload' | 'from' | 'errors' | 'duration' | 'context'>,
  ): void {
    const { snapshot, seq, updated } = state;
    const last = { sequence: seq, time: updated, event: entry.event, from: entry.from, to: snapshot.state };
    this.state = { ...state, last };
    const [more, waits] = [moreOf(snapshot), armed(state)];
    this.entries.push({
      sequence: seq,
      time: updated,
      ...entry,
      to: snapshot.state,
      ...(more === undefined ? {} : { more }),
      ...(waits === undefined ? {} : { armed: waits }),
    });
  }

  #done(snapshot: Snapshot<unknown>): void {
    dropAll(this);
    const { output } = snapshot;
    this.tellParent({ ok: true, ...(output === undefined ? {} : { output }) });
  }

  /** The instance that it works for hears of its end, once, in its turn. */
  tellParent(
    end: { readonly ok: true; readonly output?: unknown } | { readonly ok: false; readonly error: ErrorRecord },
  ): void {
    const { state } = this;
    if (state?.parent?.token === undefined) return;
    const { token, ...parent } = state.parent;
    this.state = { ...state, parent };
    const asks = { ref: parent.ref, token, end, depth: this.next };
    this.push({
      tell: { do: 'tell', to: { machine: parent.machine, id: parent.id }, handler: 'ended', asks },
      id: undefined,
    });
  }
}
