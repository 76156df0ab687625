import { EventError, matchKey, isBreaking } from '../engine/index.ts';
import { messageOf, toErrorRecord, type ErrorRecord } from '../core/index.ts';
import { decodeJson } from '../tasks/index.ts';
import type { EventRow, Tx } from '../store/index.ts';
import type { Context } from './context.ts';
import { receivedData } from './host/receive.ts';
import { dropTimer } from './host/timer.ts';
import type { Instances } from './instances/instances.ts';
import { lookAt, readColumn } from './unreadable.ts';

/** What one subscriber made of an event. */
export type Delivery =
  | { readonly to: 'run'; readonly runId: string; readonly step: string }
  | { readonly to: 'flow'; readonly flow: string; readonly runId: string }
  | {
      readonly to: 'instance';
      readonly machine: string;
      readonly instanceId: string;
      readonly created: boolean;
      readonly handled: boolean;
      /** The events that the instance would have taken. */
      readonly available?: readonly string[];
      readonly error?: ErrorRecord;
    };

/** What came of an event. */
export interface Dispatched {
  /** Did anybody take it? */
  readonly handled: boolean;
  readonly deliveries: readonly Delivery[];
  /** When nobody did: the events that the addressed instance would have taken. */
  readonly available?: readonly string[];
  /** Why somebody for whom it was could not take it, such as an instance whose context would not be valid (MR3307). */
  readonly errors?: readonly ErrorRecord[];
}

/** An event as in-process handlers get it. */
export interface ReceivedEvent {
  readonly id: string;
  readonly name: string;
  readonly payload: unknown;
  /** ms since 1970. */
  readonly time: number;
}
export type EventHandler = (event: ReceivedEvent) => unknown;

const batch = 100;

function behind({ store, registry }: Context): ReadonlySet<string> {
  const { runs } = store.tables;
  return new Set(
    runs.ids(['blocked']).filter((id) => isBreaking(runs.get(id)?.version ?? null, registry.system.version)),
  );
}

/** Up to which event the log was handed out. A cursor that cannot be read is found again by what the log says. */
function cursorOf({ store, logger }: Context): number {
  const { meta, events } = store.tables;
  const kept = Number(meta.get('cursor') ?? 0);
  if (Number.isSafeInteger(kept)) return kept;
  logger.error('The cursor of the event log cannot be read, and is found anew.', { code: 'MR3020' });
  let cursor = 0;
  for (let page = events.after(cursor, batch); page.length > 0; page = events.after(cursor, batch)) {
    for (const { seq, result } of page) {
      if (result === null) return cursor;
      cursor = seq;
    }
  }
  return cursor;
}

/** Hands the events of the log to their subscribers, in order, one unit an event, the cursor with it. */
export class Dispatcher {
  readonly #context: Context;
  readonly #instances: Instances;
  readonly #handlers = new Map<string, Set<EventHandler>>();
  readonly #waiting = new Map<string, ((result: Dispatched) => void)[]>();
  #cursor: number;
  #last: number;
  #underWay = 0;
  /** Runs that no migration has carried over: what comes now would look to the next one like data of theirs. The log keeps it. */
  readonly #behind: ReadonlySet<string>;

  constructor(context: Context, instances: Instances) {
    this.#context = context;
    this.#instances = instances;
    this.#cursor = cursorOf(context);
    this.#last = context.store.tables.events.last();
    this.#behind = behind(context);
  }

  get idle(): boolean {
    return this.#underWay === 0 && this.#cursor >= this.#last;
  }

  grown(seq: number): void {
    this.#last = Math.max(this.#last, seq);
  }

  /** Goes on if there is something to hand out. */
  poke(): void {
    if (this.#underWay > 0 || this.#cursor >= this.#last) return;
    const { store, writer, logger } = this.#context;
    const events = store.tables.events.after(this.#cursor, batch);
    this.#underWay = events.length;
    if (events.length === 0) this.#cursor = this.#last;
    for (const event of events) {
      writer.enqueue({
        run: (tx) => this.#dispatch(tx, event),
        done: (result) => this.#dispatched(event, result),
        failed: (error) => {
          logger.error('An event could not be handed out and is passed over.', {
            event: event.id,
            error: String(error),
          });
          const result: Dispatched = { handled: false, deliveries: [], errors: [toErrorRecord(error)] };
          writer.enqueue({
            run: (tx) => this.#note(tx, event, result),
            done: () => this.#dispatched(event, result),
          });
        },
      });
    }
  }

  /** Resolves when the event has been handed out. */
  result(id: string): Promise<Dispatched> {
    return new Promise((resolve) => {
      const known = this.#context.store.tables.events.get(id)?.result;
      if (typeof known === 'string') {
        const { read, errors } = lookAt(`event '${id}'`);
        return resolve(read<Dispatched>('result', known) ?? { handled: false, deliveries: [], errors });
      }
      this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), resolve]);
    });
  }

  /** Calls back for each event of a name, or for all (`*`). Gives a function that ends it. */
  handle(name: string, handler: EventHandler): () => void {
    const handlers = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, handlers.add(handler));
    return () => handlers.delete(handler);
  }

  #dispatch(tx: Tx, event: EventRow): Dispatched {
    const read = this.#read(event);
    if (!read.ok) {
      const refused: Dispatched = { handled: false, deliveries: [], errors: [toErrorRecord(read.error)] };
      this.#note(tx, event, refused);
      return refused;
    }
    const deliveries = [
      ...this.#toWaits(tx, event, read.payload),
      ...this.#toMachines(tx, event, read.payload),
      ...this.#toFlows(tx, event),
    ];
    const handled =
      deliveries.some((delivery) => delivery.to !== 'instance' || delivery.handled) || this.#heard(event.name);
    const available = handled
      ? undefined
      : deliveries.flatMap((delivery) => (delivery.to === 'instance' ? (delivery.available ?? []) : []));
    const errors = deliveries.flatMap((delivery) =>
      delivery.to === 'instance' && delivery.error !== undefined ? [delivery.error] : [],
    );
    const result = {
      handled,
      deliveries,
      ...(available === undefined ? {} : { available }),
      ...(errors.length === 0 ? {} : { errors }),
    };
    this.#note(tx, event, result);
    return result;
  }

  #note(tx: Tx, event: EventRow, result: Dispatched): void {
    tx.events.result(event.seq, JSON.stringify(result));
    tx.meta.set('cursor', String(event.seq));
  }

  /** What the schema makes of the payload now: it may have changed since the event was published. */
  #read(
    event: EventRow,
  ): { readonly ok: true; readonly payload: unknown } | { readonly ok: false; readonly error: EventError } {
    const contract = this.#context.registry.event(event.name);
    if (contract === undefined)
      return {
        ok: true,
        payload: event.payload === null ? undefined : readColumn(`event '${event.id}'`, 'payload', event.payload),
      };
    const read = decodeJson(contract.payload, event.payload);
    if (read.ok) return { ok: true, payload: read.value };
    const error = new EventError(
      'MR3302',
      `The payload of event '${event.name}' (${event.id}) does not fit its schema any more, so nobody gets it: ${read.problems}`,
      { details: { event: event.id } },
    );
    return { ok: false, error };
  }

  #heard(name: string): boolean {
    return (this.#handlers.get(name)?.size ?? 0) + (this.#handlers.get('*')?.size ?? 0) > 0;
  }

  #toWaits(tx: Tx, event: EventRow, payload: unknown): Delivery[] {
    const { registry, clock } = this.#context;
    if (registry.event(event.name) === undefined || event.expires <= clock.now()) return [];
    const deliveries: Delivery[] = [];
    const taken = new Set<string>();
    for (const fields of registry.fields(event.name)) {
      for (const wait of tx.waits.matching(event.name, matchKey(fields, payload))) {
        // A run takes an event once, even if two of its parts wait for the same.
        if (taken.has(wait.run) || this.#behind.has(wait.run) || tx.events.consumed(wait.run, event.seq)) continue;
        taken.add(wait.run);
        tx.waits.remove(wait.run, wait.path);
        dropTimer(tx, wait.run, wait.path);
        tx.events.consume(wait.run, event.seq);
        this.#context.record(tx, wait.run, {
          kind: 'received',
          path: wait.path,
          name: event.name,
          attempt: 0,
          place: null,
          data: receivedData(wait.key, event),
        });
        deliveries.push({ to: 'run', runId: wait.run, step: wait.path });
      }
    }
    return deliveries;
  }

  #toMachines(tx: Tx, event: EventRow, payload: unknown): Delivery[] {
    if (this.#context.registry.event(event.name) === undefined) return [];
    const deliveries: Delivery[] = [];
    for (const machine of this.#context.registry.machines()) {
      const delivery = this.#instances.deliver(tx, machine, event, payload);
      if (delivery !== undefined) deliveries.push(delivery);
    }
    return deliveries;
  }

  #toFlows(tx: Tx, event: EventRow): Delivery[] {
    const deliveries: Delivery[] = [];
    for (const flow of this.#context.registry.flows()) {
      if (flow.on?.contract !== event.name) continue;
      const runId = `${flow.contract.contract}:${event.id}`;
      this.#context.create(tx, {
        id: runId,
        kind: 'flow',
        target: flow.contract.contract,
        input: event.payload ?? undefined,
      });
      deliveries.push({ to: 'flow', flow: flow.contract.contract, runId });
    }
    return deliveries;
  }

  #dispatched(event: EventRow, result: Dispatched): void {
    this.#cursor = Math.max(this.#cursor, event.seq);
    this.#underWay--;
    const { bus, logger } = this.#context;
    if (bus.heard)
      bus.tell({ type: result.handled ? 'event.handled' : 'event.unhandled', eventId: event.id, event: event.name });
    if (!result.handled || result.errors !== undefined) {
      // An event that is for nobody in the system is for the world outside; one that missed its instance is worth a word.
      const level = result.deliveries.length > 0 || result.errors !== undefined ? 'warn' : 'debug';
      logger[level](`${result.handled ? 'Not everybody' : 'Nobody'} took the event '${event.name}'.`, {
        event: event.id,
        ...(result.available === undefined ? {} : { available: result.available }),
        ...(result.errors === undefined ? {} : { errors: result.errors }),
      });
    }
    const handlers = [...(this.#handlers.get(event.name) ?? []), ...(this.#handlers.get('*') ?? [])];
    if (handlers.length > 0) void this.#callHandlers(handlers, event);
    for (const resolve of this.#waiting.get(event.id) ?? []) resolve(result);
    this.#waiting.delete(event.id);
  }

  async #callHandlers(handlers: readonly EventHandler[], event: EventRow): Promise<void> {
    const read = this.#read(event);
    if (!read.ok) return this.#handlerFailed(event, read.error);
    const received: ReceivedEvent = { id: event.id, name: event.name, payload: read.payload, time: event.at };
    for (const handler of handlers) {
      try {
        await handler(received);
      } catch (thrown) {
        this.#handlerFailed(
          event,
          new EventError('MR3310', `A handler of event '${event.name}' threw: ${messageOf(thrown)}`, {
            fault: 'user-code',
            cause: thrown,
          }),
        );
      }
    }
  }

  #handlerFailed(event: EventRow, thrown: EventError): void {
    const { bus, logger } = this.#context;
    const error = toErrorRecord(thrown);
    logger.error(error.message, { event: event.id, code: error.code });
    bus.tell({ type: 'handler.failed', event: event.name, error });
  }
}
