import { asJson, EventError, leftState, payloadText, type Sending } from '../../engine/index.ts';
import { messageOf, toErrorRecord } from '../../core/index.ts';
import type { Effect, MachineStep } from '../../machine/index.ts';
import { encodeJson } from '../../tasks/index.ts';
import { StoreError, type InstanceRow, type Tx } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { machineTarget } from '../timers.ts';
import type { TimerData } from './armed.ts';
import type { Chain } from './chain.ts';
import { addressed, failedSend } from './sends.ts';

/** What the parts of the instances need of the whole. */
export interface Machines {
  readonly context: Context;
  readonly chain: Chain;
  create(
    tx: Tx,
    name: { readonly machine: string; readonly id: string },
    context: string | undefined,
    parent?: { readonly machine: string; readonly id: string; readonly ref: string },
  ): InstanceRow;
  halt(tx: Tx, row: InstanceRow): void;
}

/** Can the effect leave something behind by which the instance waits? */
export function arms({ type }: Effect): boolean {
  return type === 'schedule' || type === 'send' || type === 'run';
}

/**
 * Does what a step asks for, in order, in the step's transaction. What is sent without delay comes last: when the work
 * of the step has begun, it can be sent to. Gives what could not be done, for the history.
 */
export function carryOut(
  machines: Machines,
  tx: Tx,
  row: InstanceRow,
  effects: readonly Effect[],
): MachineStep['errors'] {
  const errors: { message: string; at: string }[] = [];
  let atOnce: Sending[] = [];
  for (const [index, effect] of effects.entries()) {
    try {
      if (effect.type === 'schedule' || effect.type === 'send') {
        const sending = asJson(machines.context.registry, row.machine, { ...effect, id: effect.id });
        if (effect.delay <= 0) atOnce.push(sending);
        else setTimer(tx, row, sending, machines.context.clock.now() + effect.delay, index);
      } else if (effect.type === 'unschedule') {
        atOnce = atOnce.filter(({ id }) => id !== effect.id);
        machines.chain.takeBack({ machine: row.machine, id: row.id }, effect.id);
        tx.timers.removeNamed(machineTarget(row.machine), row.id, effect.id);
      } else machines.context.writer.savepoint(tx, () => one(machines, tx, row, effect, index));
    } catch (thrown) {
      if (thrown instanceof StoreError) throw thrown;
      const name = { machine: row.machine, id: row.id };
      if (effect.type === 'run')
        machines.chain.push({ name, event: { name: `error.run.${effect.id}`, payload: toErrorRecord(thrown) } });
      if (effect.type === 'schedule' || effect.type === 'send') machines.chain.unshift(failedSend(name, thrown));
      errors.push({ message: messageOf(thrown), at: effect.type });
    }
  }
  for (const sending of atOnce) {
    try {
      sendNow(machines, tx, row, sending);
    } catch (thrown) {
      if (thrown instanceof StoreError) throw thrown;
      machines.chain.unshift(failedSend({ machine: row.machine, id: row.id }, thrown));
      errors.push({ message: messageOf(thrown), at: 'send' });
    }
  }
  return errors;
}

/** @throws EventError MR3357 when there is nobody. */
export function sendNow(machines: Machines, tx: Tx, row: InstanceRow, sending: Sending): void {
  machines.chain.push(addressed(machines.context, tx, row, sending));
}

/** Sets a timer of an instance: `index` tells it from the others of the same step, and orders them. */
export function setTimer(tx: Tx, row: InstanceRow, { id, target, event }: Sending, due: number, index: number): void {
  const step = `${String(row.seq).padStart(10, '0')}.${String(index).padStart(6, '0')}`;
  const data: TimerData = { ...event, ...(target === undefined ? {} : { target }) };
  tx.timers.put({
    key: `machine ${row.machine} ${row.id} ${step}`,
    due,
    kind: 'machine',
    target: machineTarget(row.machine),
    part: row.id,
    name: id ?? null,
    data: JSON.stringify(data),
  });
}

type Deed = Exclude<Effect, { readonly type: 'schedule' | 'send' | 'unschedule' }>;

function one(machines: Machines, tx: Tx, row: InstanceRow, effect: Deed, index: number): void {
  const { context } = machines;
  switch (effect.type) {
    case 'emit': {
      const event = context.registry.event(effect.event);
      if (event === undefined) throw new EventError('MR3301', `There is no event '${effect.event}'.`);
      context.publish(tx, {
        event,
        payload: payloadText(event, effect.payload),
        source: `instance ${row.machine} ${row.id}`,
      });
      return;
    }
    case 'start':
      context.create(tx, {
        id: freeId(tx, row, index),
        kind: 'flow',
        target: effect.flow,
        input: json(effect.input),
      });
      return;
    case 'run':
      // Entered again without an exit in between: the old work is over.
      stopWork(machines, tx, row, effect.id);
      begin(machines, tx, row, { ref: effect.id, target: effect.target, input: json(effect.input) }, index);
      return;
    case 'stop':
      stopWork(machines, tx, row, effect.id);
      return;
  }
}

/** Work for a state, about to begin. */
export interface Work {
  /** The id under which the instance knows it. */
  readonly ref: string;
  readonly target: (Effect & { readonly type: 'run' })['target'];
  readonly input: string | undefined;
}

/** The id of a run, or of an instance of `machine`, that a step starts. An instance of the same key that was removed may have had the plain one. */
export function freeId(tx: Tx, row: InstanceRow, index: number, machine?: string): string {
  const plain = `${row.machine}:${row.id}:${row.seq}.${index}`;
  let id = plain;
  const taken = (): unknown => (machine === undefined ? tx.runs.get(id) : tx.instances.get(machine, id));
  for (let life = 2; taken() !== undefined; life++) id = `${plain}~${life}`;
  return id;
}

/** Begins work for a state. */
export function begin(machines: Machines, tx: Tx, row: InstanceRow, work: Work, index: number): void {
  const { kind, name } = work.target;
  const id = freeId(tx, row, index, kind === 'machine' ? name : undefined);
  if (kind === 'machine') {
    machines.create(tx, { machine: name, id }, work.input, { machine: row.machine, id: row.id, ref: work.ref });
    return;
  }
  machines.context.create(tx, {
    id,
    kind,
    target: name,
    input: work.input,
    owner: { machine: row.machine, instance: row.id, ref: work.ref },
  });
}

function stopWork(machines: Machines, tx: Tx, row: InstanceRow, ref: string): void {
  const run = tx.runs.linked(row.machine, row.id, ref);
  if (run !== undefined) {
    tx.runs.unlink(run.id);
    cancelRun(machines.context, tx, run.id, row);
  }
  const child = tx.instances.child(row.machine, row.id, ref);
  if (child !== undefined) machines.halt(tx, child);
}

function cancelRun(context: Context, tx: Tx, run: string, row: InstanceRow): void {
  context.stop(tx, run, { reason: 'cancel', error: toErrorRecord(leftState(row.machine, run)) });
}

/** Takes all that an instance waits for: its timers and its work. */
export function dropAll(machines: Machines, tx: Tx, row: InstanceRow): void {
  tx.timers.removeAll(machineTarget(row.machine), row.id);
  for (const run of tx.runs.working(row.machine, row.id)) {
    tx.runs.unlink(run.id);
    cancelRun(machines.context, tx, run.id, row);
  }
  for (const child of tx.instances.children(row.machine, row.id)) machines.halt(tx, child);
}

function json(value: unknown): string | undefined {
  const encoded = encodeJson(value);
  if (encoded.ok) return encoded.value;
  throw new EventError('MR3302', `The input is not JSON: ${encoded.problems}`, { fault: 'user-code' });
}
