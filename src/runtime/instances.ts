import { messageOf, toErrorRecord, type ErrorRecord } from '../core/index.ts';
import type { MachineEvent, MachineStep, Snapshot } from '../machine/index.ts';
import { decodeJson, encodeJson, type BoundMachine } from '../tasks/index.ts';
import { StoreError, type EventRow, type InstanceRow, type RunRow, type Tx } from '../store/index.ts';
import type { Context } from './context.ts';
import type { Delivery } from './dispatcher.ts';
import { carryOut, dropAll } from './effects.ts';
import { EventError, RunError } from './errors.ts';
import { checkId } from './requests.ts';

/** How many history rows an instance keeps. */
const historyLimit = 1000;

/** How many events one event may set off at once, of work that cannot begin and of machines that end at once. */
const chainLimit = 1000;

/** What a run or child instance of a machine came to. */
export type WorkEnd =
  | { readonly ok: true; readonly output: string | undefined }
  | { readonly ok: false; readonly error: ErrorRecord };

/** Which instance of which machine. */
export interface InstanceName {
  readonly machine: string;
  readonly id: string;
}

interface Internal {
  readonly name: InstanceName;
  readonly event: MachineEvent;
}

/** Machine instances. One transaction carries the new state, its history row, its timers, events and runs. */
export class Instances {
  readonly #context: Context;
  /** What the event at hand has set off and is still to be handed over; undefined between events. */
  #chain: Internal[] | undefined;

  constructor(context: Context) {
    this.#context = context;
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
    parent?: { readonly machine: string; readonly id: string; readonly ref: string },
  ): InstanceRow {
    const machine = this.#machine(name.machine);
    if (tx.instances.get(name.machine, name.id) !== undefined) {
      throw new EventError('MR3305', `There is an instance '${name.id}' of machine '${name.machine}' already.`, {
        details: { ...name },
      });
    }
    const read = decodeJson(machine.context, context ?? '{}');
    if (!read.ok) {
      throw new EventError(
        'MR3307',
        `The context of the new instance '${name.id}' of machine '${name.machine}' is not valid: ${read.problems}`,
        { details: { ...name } },
      );
    }
    const now = this.#context.clock.now();
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
      created: now,
      updated: now,
    };
    return this.#whole(tx, () => {
      const step = machine.module.start(read.value, { instanceId: name.id, now });
      return this.#apply(tx, machine, row, null, { name: '', payload: undefined }, step, now);
    });
  }

  #send(
    tx: Tx,
    name: InstanceName,
    event: MachineEvent,
  ): { readonly handled: boolean; readonly available: readonly string[] } {
    const machine = this.#machine(name.machine);
    const row = tx.instances.get(name.machine, name.id);
    if (row === undefined)
      throw new EventError('MR3306', `There is no instance '${name.id}' of machine '${name.machine}'.`, {
        details: { ...name },
      });
    if (row.status !== 'active') return { handled: false, available: [] };
    const now = this.#context.clock.now();
    const before = JSON.parse(row.snapshot) as Snapshot<unknown>;
    const step = machine.module.send(before, event, { instanceId: row.id, now });
    if (!step.handled && step.errors.length === 0)
      return { handled: false, available: this.available(machine, before) };
    this.#apply(tx, machine, row, before, event, step, now);
    return { handled: step.handled, available: [] };
  }

  /** The names of the events that the instance would take now. */
  available(machine: BoundMachine, snapshot: Snapshot<unknown>): readonly string[] {
    const names = new Map(Object.entries(machine.module.events).map(([name, alias]) => [alias, name]));
    return snapshot.status === 'active'
      ? machine.module.available(snapshot).map((alias) => names.get(alias) ?? alias)
      : [];
  }

  /** Hands an event of the log to the instance that it names. `payload` is what the event's schema made of it. */
  deliver(tx: Tx, machine: BoundMachine, event: EventRow, payload: unknown): Delivery | undefined {
    const { module } = machine;
    const alias = Object.hasOwn(module.events, event.name) ? module.events[event.name] : undefined;
    if (alias === undefined) return undefined;
    const key = (payload as Readonly<Record<string, unknown>> | undefined)?.[module.key];
    if (typeof key !== 'string' && typeof key !== 'number') return undefined;
    const name: InstanceName = { machine: module.name, id: String(key) };
    const found = tx.instances.get(name.machine, name.id);
    const facts = { to: 'instance', machine: name.machine, instanceId: name.id } as const;
    if (found === undefined && !module.creates.includes(alias))
      return { ...facts, created: false, handled: false, available: [] };
    try {
      return this.#whole(tx, () => {
        if (found === undefined) {
          checkId(name.id);
          this.create(tx, name, undefined);
        }
        const { handled, available } = this.#send(tx, name, { name: alias, payload });
        return { ...facts, created: found === undefined, handled, ...(handled ? {} : { available }) };
      });
    } catch (thrown) {
      return { ...facts, created: false, handled: false, error: this.#failed(name, event.name, thrown) };
    }
  }

  /** A timer of a machine has rung. */
  timer(tx: Tx, machine: string, instance: string, event: string): void {
    this.#internal(tx, { name: { machine, id: instance }, event: JSON.parse(event) as MachineEvent });
  }

  /** A run that an instance had started has ended. The link is gone already, so this happens once. */
  runEnded(tx: Tx, run: Pick<RunRow, 'machine' | 'instance' | 'ref' | 'kind' | 'target'>, end: WorkEnd): void {
    const name: InstanceName = { machine: run.machine ?? '', id: run.instance ?? '' };
    const schema =
      run.kind === 'flow'
        ? this.#context.registry.flow(run.target)?.contract.output
        : this.#context.registry.task(run.target)?.output;
    this.#internal(tx, { name, event: endEvent(run.ref ?? '', end, schema, `${run.kind} '${run.target}'`) });
  }

  /** An event that comes from the engine and must not undo what brought it when the machine fails. */
  #internal(tx: Tx, { name, event }: Internal): void {
    if (tx.instances.get(name.machine, name.id)?.status !== 'active') return;
    try {
      this.#whole(tx, () => this.#send(tx, name, event));
    } catch (thrown) {
      const error = this.#failed(name, event.name, thrown);
      if (error.code !== 'MR3309') this.#context.logger.error(error.message, { code: error.code, ...name });
      this.#note(tx, name, event, error);
    }
  }

  /**
   * Does something and all that it sets off at once, one event after the other; or nothing of it, when that has no end.
   *
   * @throws EventError MR3311.
   */
  #whole<T>(tx: Tx, work: () => T): T {
    const outer = this.#chain;
    const before = outer?.length ?? 0;
    const chain = (this.#chain ??= []);
    try {
      return this.#context.writer.savepoint(tx, () => {
        const result = work();
        if (outer !== undefined) return result;
        for (let count = 1; ; count++) {
          const next = chain.shift();
          if (next === undefined) return result;
          if (count > chainLimit) throw endless(next);
          this.#internal(tx, next);
        }
      });
    } catch (thrown) {
      chain.length = before;
      throw thrown;
    } finally {
      this.#chain = outer;
    }
  }

  /** The history of an instance tells of an event from the engine that came to nothing. */
  #note(tx: Tx, name: InstanceName, event: MachineEvent, error: ErrorRecord): void {
    const row = tx.instances.get(name.machine, name.id);
    if (row === undefined) return;
    const now = this.#context.clock.now();
    const { state, context } = JSON.parse(row.snapshot) as Snapshot<unknown>;
    const at = JSON.stringify(state);
    tx.instances.put({ ...row, seq: row.seq + 1, updated: now });
    tx.instances.append({
      machine: row.machine,
      instance: row.id,
      seq: row.seq + 1,
      at: now,
      event: event.name,
      payload: event.payload === undefined ? null : JSON.stringify(event.payload),
      before: at,
      after: at,
      context: JSON.stringify(context) ?? 'null',
      errors: JSON.stringify([{ message: `${error.code}: ${error.message}`, at: event.name }]),
    });
  }

  #failed(name: InstanceName, event: string, thrown: unknown): ErrorRecord {
    // The database, not the machine: the whole transaction has failed.
    if (thrown instanceof StoreError) throw thrown;
    if (thrown instanceof EventError || thrown instanceof RunError) return toErrorRecord(thrown);
    const error = new EventError(
      'MR3309',
      `The machine '${name.machine}' failed on '${event}' for instance '${name.id}', which stays as it was: ${messageOf(thrown)}`,
      {
        fault: 'internal',
        cause: thrown,
        details: { ...name, event },
      },
    );
    this.#context.logger.error(error.message, { code: error.code, ...name });
    return toErrorRecord(error);
  }

  #machine(name: string): BoundMachine {
    const machine = this.#context.registry.machine(name);
    if (machine !== undefined) return machine;
    throw new EventError(
      'MR3304',
      `The system '${this.#context.registry.system.name}' has no machine '${name}'. It has: ${Object.keys(this.#context.registry.system.machines).join(', ')}.`,
    );
  }

  #apply(
    tx: Tx,
    machine: BoundMachine,
    row: InstanceRow,
    before: Snapshot<unknown> | null,
    event: MachineEvent,
    step: MachineStep<unknown>,
    now: number,
  ): InstanceRow {
    const { snapshot } = step;
    const encoded = encodeJson(snapshot.context);
    if (!encoded.ok) {
      throw new EventError(
        'MR3307',
        `The context of instance '${row.id}' of machine '${row.machine}' is not JSON after '${event.name}': ${encoded.problems}`,
        { fault: 'user-code' },
      );
    }
    const next: InstanceRow = {
      ...row,
      status: snapshot.status,
      snapshot: JSON.stringify(snapshot),
      hash: machine.module.hash,
      seq: row.seq + 1,
      updated: now,
    };
    tx.instances.put(next);
    const { errors, events } = carryOut(this.#context, this, tx, next, step.effects);
    const all = [...step.errors, ...errors];
    tx.instances.append({
      machine: row.machine,
      instance: row.id,
      seq: next.seq,
      at: now,
      event: event.name,
      payload: event.payload === undefined ? null : JSON.stringify(event.payload),
      before: before === null ? null : JSON.stringify(before.state),
      after: JSON.stringify(snapshot.state),
      context: encoded.value ?? 'null',
      errors: all.length === 0 ? null : JSON.stringify(all),
    });
    if (next.seq > historyLimit) tx.instances.trim(row.machine, row.id, next.seq - historyLimit);
    this.#context.writer.afterCommit(() => {
      const { bus } = this.#context;
      if (!bus.heard) return;
      bus.tell({
        type: 'instance.changed',
        machine: row.machine,
        instanceId: row.id,
        event: event.name,
        from: before?.state ?? null,
        to: snapshot.state,
      });
    });
    if (next.status === 'done') this.#done(tx, next, snapshot);
    // Work that could not even begin ends at once: its state hears of it like of any other end.
    for (const internal of events) this.#chain?.push({ name: { machine: row.machine, id: row.id }, event: internal });
    return next;
  }

  #done(tx: Tx, row: InstanceRow, snapshot: Snapshot<unknown>): void {
    dropAll(this.#context, this, tx, row);
    if (row.parentMachine === null || row.parentInstance === null || row.parentRef === null) return;
    tx.instances.put({ ...row, parentRef: null });
    const output = snapshot.output === undefined ? undefined : JSON.stringify(snapshot.output);
    this.#chain?.push({
      name: { machine: row.parentMachine, id: row.parentInstance },
      event: endEvent(row.parentRef, { ok: true, output }, undefined, `machine '${row.machine}'`),
    });
  }

  /** Stops an instance that worked for a state which has been left. */
  halt(tx: Tx, row: InstanceRow): void {
    if (row.status !== 'active') return;
    tx.instances.put({ ...row, status: 'stopped', parentRef: null, updated: this.#context.clock.now() });
    dropAll(this.#context, this, tx, row);
  }
}

/** The event by which an instance hears of the end of its work. A result that does not fit the schema is a failure. */
export function endEvent(
  ref: string,
  end: WorkEnd,
  schema: BoundMachine['context'] | undefined,
  target: string,
): MachineEvent {
  if (!end.ok) return { name: `error.run.${ref}`, payload: end.error };
  if (schema === undefined)
    return { name: `done.run.${ref}`, payload: end.output === undefined ? undefined : JSON.parse(end.output) };
  const read = decodeJson(schema, end.output);
  if (read.ok) return { name: `done.run.${ref}`, payload: read.value };
  const error = new RunError('MR3207', `The result of ${target} does not fit its output: ${read.problems}`, {
    fault: 'user-code',
  });
  return { name: `error.run.${ref}`, payload: toErrorRecord(error) };
}

function endless({ name, event }: Internal): EventError {
  return new EventError(
    'MR3311',
    `Instance '${name.id}' of machine '${name.machine}' did not come to rest: one event set off more than ${chainLimit} others, the last of them '${event.name}'. Look for work that cannot begin and whose 'onError' leads back to it.`,
    { fault: 'user-code', details: { ...name, event: event.name } },
  );
}
