import {
  EventError,
  RunError,
  checkId,
  endEvent,
  type WorkEnd,
  type InstanceName,
  isBreaking,
  keyOf,
  badContext,
  checkFits,
  checkVersion,
  contextNotJson,
  fits,
  goneReceiver,
  instanceExists,
  machineFailed,
  noInstance,
  noMachine,
  parsedFor,
} from '../../engine/index.ts';
import { messageOf, MillraceError, toErrorRecord, type ErrorRecord } from '../../core/index.ts';
import type { MachineEvent, MachineStep, Snapshot } from '../../machine/index.ts';
import { decodeJson, encodeJson, type BoundMachine } from '../../tasks/index.ts';
import {
  StoreError,
  type EventRow,
  type InstanceRow,
  type RunRow,
  type Tables,
  type TimerRow,
  type Tx,
} from '../../store/index.ts';
import type { Context } from '../context.ts';
import type { Delivery } from '../dispatcher.ts';
import type { TimerData } from './armed.ts';
import { Chain, type Link } from './chain.ts';
import { arms, carryOut, dropAll, sendNow, type Machines } from './effects.ts';
import { elapsed, store } from './history.ts';
import { readColumn } from '../unreadable.ts';
import { park } from './park.ts';
import { failedSend } from './sends.ts';
import { snapshotOf } from './snapshot.ts';

/** The machine, as it is here, cannot wake the instance; another version may. */
const unfits: ReadonlySet<string> = new Set(['MR3350', 'MR3304', 'MR3502']);

interface Handled {
  readonly handled: boolean;
  /** What it would have taken, when it did not. */
  readonly available: readonly string[];
}

interface Step {
  readonly machine: BoundMachine;
  /** As it was; its `updated` already says the time of the step. */
  readonly row: InstanceRow;
  readonly before: Snapshot<unknown> | null;
  readonly event: MachineEvent;
  /** When the machine was asked, by the stopwatch. */
  readonly began: number;
}

/** Machine instances. One transaction carries the new state, its history row, its timers, events and runs. */
export class Instances implements Machines {
  readonly context: Context;
  readonly chain: Chain;

  constructor(context: Context) {
    this.context = context;
    this.chain = new Chain(context.writer);
  }

  /**
   * Creates an instance and enters its initial state.
   *
   * @throws EventError MR3304 unknown machine, MR3305 it exists, MR3307 the context is not valid, MR3311 it does not come
   * to rest. Nothing was written.
   */
  create(
    tx: Tx,
    name: InstanceName,
    context: string | undefined,
    parent?: InstanceName & { readonly ref: string },
  ): InstanceRow {
    const machine = this.machine(name.machine);
    if (tx.instances.get(name.machine, name.id) !== undefined) throw instanceExists(name);
    const read = decodeJson(machine.context, context ?? '{}');
    if (!read.ok) throw badContext(name, read.problems);
    const now = this.context.clock.now();
    const row: InstanceRow = {
      machine: name.machine,
      id: name.id,
      status: 'active',
      snapshot: '',
      hash: machine.module.hash,
      seq: 0,
      parentMachine: parent?.machine ?? null,
      parentInstance: parent?.id ?? null,
      parentRef: parent?.ref ?? null,
      input: parent === undefined ? null : (context ?? null),
      armed: false,
      version: this.context.registry.system.version,
      migrated: null,
      created: now,
      updated: now,
    };
    return this.whole(tx, () => {
      const began = this.context.stopwatch();
      const step = machine.module.start(read.value, { instanceId: name.id, now });
      return this.#apply(tx, { machine, row, before: null, event: { name: '', payload: undefined }, began }, step);
    });
  }

  #send(tx: Tx, name: InstanceName, event: MachineEvent): Handled {
    const machine = this.machine(name.machine);
    const row = tx.instances.get(name.machine, name.id);
    if (row === undefined) throw noInstance(name);
    if (row.status !== 'active') return { handled: false, available: [] };
    const now = this.context.clock.now();
    const before = snapshotOf(row);
    checkVersion(row.version, name, this.context.registry.system);
    if (row.hash !== machine.module.hash) checkFits(machine.module, name, before);
    const began = this.context.stopwatch();
    const step = machine.module.send(before, event, { instanceId: row.id, now });
    if (!step.handled && step.errors.length === 0)
      return { handled: false, available: this.available(machine, before) };
    this.#apply(tx, { machine, row: { ...row, updated: now }, before, event, began }, step);
    return { handled: step.handled, available: [] };
  }

  /** The names of the events that the instance would take now. */
  available(machine: BoundMachine, snapshot: Snapshot<unknown>): readonly string[] {
    const names = new Map(Object.entries(machine.module.events).map(([name, alias]) => [alias, name]));
    return snapshot.status === 'active'
      ? machine.module.available(snapshot).map((alias) => names.get(alias) ?? alias)
      : [];
  }

  /** The same for an instance by its name; none, where there is no such instance or this version cannot wake it. */
  wouldTake(tables: Pick<Tables, 'instances'>, { machine, id }: InstanceName): readonly string[] {
    const bound = this.context.registry.machine(machine);
    const row = tables.instances.get(machine, id);
    if (bound === undefined || row?.status !== 'active') return [];
    const snapshot = snapshotOf(row);
    if (isBreaking(row.version, this.context.registry.system.version)) return [];
    if (row.hash !== bound.module.hash && !fits(bound.module, snapshot)) return [];
    return this.available(bound, snapshot);
  }

  /** Hands an event of the log to the instance that it names. `payload` is what the event's schema made of it. */
  deliver(tx: Tx, machine: BoundMachine, event: EventRow, payload: unknown): Delivery | undefined {
    const { module } = machine;
    const alias = Object.hasOwn(module.events, event.name) ? module.events[event.name] : undefined;
    const id = alias === undefined ? undefined : keyOf(machine, payload);
    if (alias === undefined || id === undefined) return undefined;
    const name: InstanceName = { machine: module.name, id };
    const found = tx.instances.get(name.machine, name.id);
    const facts = { to: 'instance', machine: name.machine, instanceId: name.id } as const;
    if (found === undefined && !module.creates.includes(alias))
      return { ...facts, created: false, handled: false, available: [] };
    try {
      return this.whole(tx, () => {
        if (found === undefined) this.#createByEvent(tx, name);
        const { handled, available } = this.#send(tx, name, { name: alias, payload });
        return { ...facts, created: found === undefined, handled, ...(handled ? {} : { available }) };
      });
    } catch (thrown) {
      return { ...facts, created: false, handled: false, error: this.#failed(name, event.name, thrown) };
    }
  }

  #createByEvent(tx: Tx, name: InstanceName): void {
    checkId(name.id);
    this.create(tx, name, undefined);
  }

  /** A timer of an instance has rung. */
  timer(tx: Tx, { key, target, part: id, name, data }: TimerRow): void {
    const { target: to, at: _at, ...event } = readColumn<TimerData>(`timer '${key}'`, 'data', data ?? '{}');
    const by: InstanceName = { machine: target.slice(target.indexOf(' ') + 1), id };
    if (to === undefined) return this.#internal(tx, { name: by, event });
    const row = tx.instances.get(by.machine, id);
    if (row?.status !== 'active') return;
    this.whole(tx, () => {
      try {
        sendNow(this, tx, row, { id: name ?? undefined, target: to, event });
      } catch (thrown) {
        this.#unsent(by, thrown);
      }
    });
  }

  /** A run that an instance had started has ended. The link is gone already, so this happens once. */
  runEnded(tx: Tx, run: Pick<RunRow, 'machine' | 'instance' | 'ref' | 'kind' | 'target'>, end: WorkEnd): void {
    const name: InstanceName = { machine: run.machine ?? '', id: run.instance ?? '' };
    const schema =
      run.kind === 'flow'
        ? this.context.registry.flow(run.target)?.contract.output
        : this.context.registry.task(run.target)?.output;
    this.#internal(tx, { name, event: endEvent(run.ref ?? '', end, schema, `${run.kind} '${run.target}'`) });
  }

  /** An event that comes from the engine or a machine, and must not undo what brought it when its receiver fails. */
  #internal(tx: Tx, link: Link): void {
    const { name, event, sent } = link;
    const status = tx.instances.get(name.machine, name.id)?.status;
    const create = status === undefined && sent?.creates === true;
    if (status !== 'active' && !create) {
      if (sent !== undefined && (sent.by.id !== name.id || sent.by.machine !== name.machine))
        this.#unsent(sent.by, goneReceiver(sent.by, `${name.machine}/${name.id}`, event.name, name, status));
      return;
    }
    try {
      this.whole(tx, () => {
        if (create) this.#createByEvent(tx, name);
        return this.#send(tx, name, parsedFor(this.context.registry, name.machine, event));
      });
    } catch (thrown) {
      const error = this.#failed(name, event.name, thrown);
      if (error.code !== 'MR3309') this.context.logger.error(error.message, { code: error.code, ...name });
      const unfit = unfits.has(error.code);
      if (create || (unfit && sent !== undefined)) this.#unsent(sent?.by ?? name, thrown);
      else if (unfit) park(this.context, tx, name, event);
      else this.#note(tx, name, event, error);
    }
  }

  #unsent(by: InstanceName, thrown: unknown): void {
    if (thrown instanceof StoreError) throw thrown;
    const link = failedSend(by, thrown);
    this.context.logger.warn(messageOf(thrown), { code: (link.event.payload as ErrorRecord).code, ...by });
    this.chain.unshift(link);
  }

  /**
   * Does something and all that it sets off at once, or nothing of it.
   *
   * @throws EventError MR3311.
   */
  whole<T>(tx: Tx, work: () => T): T {
    return this.chain.whole(tx, work, (link) => this.#internal(tx, link));
  }

  /** The history of an instance tells of an event from the engine that came to nothing. */
  #note(tx: Tx, name: InstanceName, event: MachineEvent, error: ErrorRecord): void {
    const row = tx.instances.get(name.machine, name.id);
    if (row === undefined) return;
    const snapshot = snapshotOf(row);
    const next = { ...row, seq: row.seq + 1, updated: this.context.clock.now() };
    store(this.context, tx, next, snapshot, {
      event: event.name,
      payload: event.payload === undefined ? null : JSON.stringify(event.payload),
      before: JSON.stringify(snapshot.state),
      context: JSON.stringify(snapshot.context) ?? 'null',
      errors: JSON.stringify([{ message: `${error.code}: ${error.message}`, at: event.name }]),
      took: null,
    });
  }

  #failed(name: InstanceName, event: string, thrown: unknown): ErrorRecord {
    // The database, not the machine: the whole transaction has failed.
    if (thrown instanceof StoreError) throw thrown;
    if (thrown instanceof EventError || thrown instanceof RunError) return toErrorRecord(thrown);
    // A machine that does not come to rest says so itself, and it is no mistake of ours.
    if (thrown instanceof MillraceError && thrown.code === 'MR3331') return toErrorRecord(thrown);
    const error = machineFailed(name, event, thrown);
    this.context.logger.error(error.message, { code: error.code, ...name });
    return toErrorRecord(error);
  }

  /** @throws EventError MR3304. */
  machine(name: string): BoundMachine {
    const machine = this.context.registry.machine(name);
    if (machine !== undefined) return machine;
    throw noMachine(this.context.registry.system, name);
  }

  #apply(tx: Tx, { machine, row, before, event, began }: Step, step: MachineStep): InstanceRow {
    const { snapshot } = step;
    const encoded = encodeJson(snapshot.context);
    if (!encoded.ok) throw contextNotJson(row, event.name, encoded.problems);
    const next: InstanceRow = {
      ...row,
      status: snapshot.status,
      snapshot: JSON.stringify(snapshot),
      hash: machine.module.hash,
      seq: row.seq + 1,
      armed: row.armed || step.effects.some(arms),
    };
    const errors = [...step.errors, ...carryOut(this, tx, next, step.effects)];
    if (next.status === 'done') this.#done(tx, next, snapshot);
    const stored = store(this.context, tx, next.status === 'done' ? { ...next, parentRef: null } : next, snapshot, {
      event: event.name,
      payload: event.payload === undefined ? null : JSON.stringify(event.payload),
      before: before === null ? null : JSON.stringify(before.state),
      context: encoded.value ?? 'null',
      errors: errors.length === 0 ? null : JSON.stringify(errors),
      took: elapsed(this.context, began),
    });
    this.changed(row, event.name, before?.state ?? null, snapshot.state);
    if (next.status !== 'active') this.#ended(row, next.status);
    return stored;
  }

  /** Tells that an instance has changed, once that is committed. */
  changed({ machine, id }: InstanceName, event: string, from: readonly string[] | null, to: readonly string[]): void {
    this.context.writer.afterCommit(() => {
      const { bus } = this.context;
      if (!bus.heard) return;
      const facts = { machine, instance: id, event, to };
      bus.tell(
        from === null ? { type: 'instance.created', ...facts } : { type: 'instance.transition', ...facts, from },
      );
    });
  }

  /** Tells that an instance takes no more events, once that is committed. */
  #ended({ machine, id }: InstanceName, status: 'done' | 'stopped'): void {
    const { writer, bus } = this.context;
    writer.afterCommit(() => {
      if (bus.heard) bus.tell({ type: 'instance.ended', machine, instance: id, status });
    });
  }

  #done(tx: Tx, row: InstanceRow, snapshot: Snapshot<unknown>): void {
    dropAll(this, tx, row);
    if (row.parentMachine === null || row.parentInstance === null || row.parentRef === null) return;
    const output = snapshot.output === undefined ? undefined : JSON.stringify(snapshot.output);
    this.chain.push({
      name: { machine: row.parentMachine, id: row.parentInstance },
      event: endEvent(row.parentRef, { ok: true, output }, undefined, `machine '${row.machine}'`),
    });
  }

  /** Stops an instance that worked for a state which has been left. */
  halt(tx: Tx, row: InstanceRow): void {
    if (row.status !== 'active') return;
    const stopped = { ...row, status: 'stopped', parentRef: null, armed: false } as const;
    tx.instances.put({ ...stopped, updated: this.context.clock.now() });
    dropAll(this, tx, row);
    this.#ended(row, 'stopped');
  }
}
