import { messageOf, toErrorRecord } from '../../core/index.ts';
import type { MachineStep } from '../../machine/index.ts';
import { StoreError, type InstanceRow, type Tables, type Tx } from '../../store/index.ts';
import { RunError } from '../../engine/index.ts';
import type { ArmedTimer, ArmedWork } from './armed.ts';
import { begin, setTimer, type Machines, type Work } from './effects.ts';

/** What the work of an instance was begun with; undefined when the database does not know it. */
export function workOf(tables: Pick<Tables, 'runs' | 'instances'>, work: ArmedWork): Work | undefined {
  const ref = work.id;
  if ('kind' in work) {
    const { kind, name, input } = work;
    return { ref, target: { kind, name }, input: input === undefined ? undefined : JSON.stringify(input) };
  }
  if ('run' in work) {
    const run = tables.runs.get(work.run);
    return run && { ref, target: { kind: run.kind, name: run.target }, input: run.input ?? undefined };
  }
  const child = tables.instances.get(work.machine, work.instance);
  return child && { ref, target: { kind: 'machine', name: child.machine }, input: child.input ?? undefined };
}

/**
 * Gives an instance its timers and its work again. Work begins anew, by `start` where that is more than its input.
 * What cannot begin is told to the instance, and given for the history.
 */
export function rearm(
  machines: Machines,
  tx: Tx,
  row: InstanceRow,
  { timers, work }: { readonly timers: readonly ArmedTimer[]; readonly work: readonly ArmedWork[] },
  start: (work: ArmedWork, index: number) => boolean = () => false,
): MachineStep['errors'] {
  const errors: { message: string; at: string }[] = [];
  for (const [index, { id, target, event, due }] of timers.entries())
    setTimer(tx, row, { id, ...(target === undefined ? {} : { target }), event }, due, index);
  for (const [index, item] of work.entries()) {
    try {
      machines.context.writer.savepoint(tx, () => {
        if (start(item, index)) return;
        const found = workOf(tx, item);
        if (found === undefined)
          throw new RunError('MR3208', `What worked for '${item.id}' is not in this database, and cannot begin again.`);
        begin(machines, tx, row, found, index);
      });
    } catch (thrown) {
      if (thrown instanceof StoreError) throw thrown;
      const name = { machine: row.machine, id: row.id };
      machines.chain.push({ name, event: { name: `error.run.${item.id}`, payload: toErrorRecord(thrown) } });
      errors.push({ message: messageOf(thrown), at: 'run' });
    }
  }
  return errors;
}
