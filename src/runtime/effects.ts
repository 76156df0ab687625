import { messageOf, toErrorRecord } from '../core/index.ts';
import type { Effect, MachineEvent } from '../machine/index.ts';
import { encodeJson } from '../tasks/index.ts';
import { StoreError, type InstanceRow, type Tx } from '../store/index.ts';
import type { Context } from './context.ts';
import { EventError } from './errors.ts';
import { payloadText } from './host/emit.ts';
import { machineTarget } from './timers.ts';

/** What effects need of the instances. */
interface Machines {
  create(
    tx: Tx,
    name: { readonly machine: string; readonly id: string },
    context: string | undefined,
    parent?: { readonly machine: string; readonly id: string; readonly ref: string },
  ): InstanceRow;
  halt(tx: Tx, row: InstanceRow): void;
}

interface Outcome {
  /** Effects that could not be carried out, for the history. */
  readonly errors: readonly { readonly message: string; readonly at: string }[];
  /** What the instance must hear of at once. */
  readonly events: readonly MachineEvent[];
}

const timerKey = (row: InstanceRow, id: string): string => `machine ${row.machine} ${row.id} ${id}`;

/** Does what a step asks for, in order, in the step's transaction. */
export function carryOut(
  context: Context,
  machines: Machines,
  tx: Tx,
  row: InstanceRow,
  effects: readonly Effect[],
): Outcome {
  const errors: { message: string; at: string }[] = [];
  const events: MachineEvent[] = [];
  for (const [index, effect] of effects.entries()) {
    try {
      context.writer.savepoint(tx, () => one(context, machines, tx, row, effect, index));
    } catch (thrown) {
      if (thrown instanceof StoreError) throw thrown;
      if (effect.type === 'run') events.push({ name: `error.run.${effect.id}`, payload: toErrorRecord(thrown) });
      errors.push({ message: messageOf(thrown), at: effect.type });
    }
  }
  return { errors, events };
}

function one(context: Context, machines: Machines, tx: Tx, row: InstanceRow, effect: Effect, index: number): void {
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
        id: `${row.machine}:${row.id}:${row.seq}.${index}`,
        kind: 'flow',
        target: effect.flow,
        input: json(effect.input),
      });
      return;
    case 'run':
      run(context, machines, tx, row, effect, index);
      return;
    case 'stop':
      stopWork(context, machines, tx, row, effect.id);
      return;
    case 'schedule':
      tx.timers.put({
        // Without an id each send is a delivery of its own.
        key: timerKey(row, effect.id ?? `${row.seq}.${index}`),
        due: context.clock.now() + effect.delay,
        kind: 'machine',
        target: machineTarget(row.machine),
        part: row.id,
        data: JSON.stringify(effect.event),
      });
      return;
    case 'unschedule':
      tx.timers.remove(timerKey(row, effect.id));
      return;
    case 'send':
      throw new EventError('MR3301', `Events are not sent to other machines yet: '${effect.target}' gets none.`);
    default:
      effect satisfies never;
  }
}

function run(
  context: Context,
  machines: Machines,
  tx: Tx,
  row: InstanceRow,
  effect: Effect & { readonly type: 'run' },
  index: number,
): void {
  const { kind, name } = effect.target;
  // Entered again without an exit in between: the old work is over.
  stopWork(context, machines, tx, row, effect.id);
  const id = `${row.machine}:${row.id}:${row.seq}.${index}`;
  if (kind === 'machine') {
    machines.create(tx, { machine: name, id }, json(effect.input), {
      machine: row.machine,
      id: row.id,
      ref: effect.id,
    });
    return;
  }
  context.create(tx, {
    id,
    kind,
    target: name,
    input: json(effect.input),
    owner: { machine: row.machine, instance: row.id, ref: effect.id },
  });
}

function stopWork(context: Context, machines: Machines, tx: Tx, row: InstanceRow, ref: string): void {
  const run = tx.runs.linked(row.machine, row.id, ref);
  if (run !== undefined) {
    tx.runs.unlink(run.id);
    cancelRun(context, tx, run.id, row);
  }
  const child = tx.instances.child(row.machine, row.id, ref);
  if (child !== undefined) machines.halt(tx, child);
}

function cancelRun(context: Context, tx: Tx, run: string, row: InstanceRow): void {
  const error = new EventError('MR3203', `Machine '${row.machine}' left the state that run '${run}' worked for.`, {
    details: { run },
  });
  context.stop(tx, run, { reason: 'cancel', error: toErrorRecord(error) });
}

/** An instance has come to its end: its timers and its work go with it. */
export function dropAll(context: Context, machines: Machines, tx: Tx, row: InstanceRow): void {
  tx.timers.removeAll(machineTarget(row.machine), row.id);
  for (const run of tx.runs.list({ machine: row.machine, instance: row.id })) {
    if (run.ref === null) continue;
    tx.runs.unlink(run.id);
    cancelRun(context, tx, run.id, row);
  }
  for (const child of tx.instances.list({ parent: { machine: row.machine, id: row.id } })) machines.halt(tx, child);
}

function json(value: unknown): string | undefined {
  const encoded = encodeJson(value);
  if (encoded.ok) return encoded.value;
  throw new EventError('MR3302', `The input is not JSON: ${encoded.problems}`, { fault: 'user-code' });
}
