import { newId, type InstanceName } from '../../engine/index.ts';
import type { MachineEvent } from '../../machine/index.ts';
import type { Tx } from '../../store/index.ts';
import type { Context } from '../context.ts';
import { machineTarget } from '../timers.ts';
import type { TimerData } from './armed.ts';

const never = 8_640_000_000_000_000;
const atOnce = 500;

/** Keeps an event of the engine for an instance that this version of its machine cannot wake. */
export function park(context: Context, tx: Tx, name: InstanceName, event: MachineEvent): void {
  const now = context.clock.now();
  const data: TimerData = { ...event, at: now };
  tx.timers.put({
    key: `parked ${newId(name.id, now, context.random)}`,
    due: never,
    kind: 'parked',
    target: machineTarget(name.machine),
    part: name.id,
    name: null,
    data: JSON.stringify(data),
  });
}

/** Lets all that was parked ring again: this process may run another version of the machines. */
export function unpark(context: Context): void {
  const next = (): void =>
    context.writer.enqueue({
      run: (tx) => {
        const rows = tx.timers.parked(atOnce);
        for (const row of rows) {
          const { at = 0, ...data } = JSON.parse(row.data ?? '{}') as TimerData;
          tx.timers.put({ ...row, kind: 'machine', due: at, data: JSON.stringify(data) });
        }
        return rows.length;
      },
      done: (count) => {
        if (count === atOnce) next();
      },
    });
  if (context.store.tables.timers.parked(1).length > 0) next();
}

/** Tells of the instances that stand where this version of their machine has no state. */
export function reportUnfit(context: Context): void {
  const { registry, store, logger, writer } = context;
  for (const { module } of registry.machines()) {
    const known = store.tables.meta.get(`machine ${module.name}`);
    if (known === module.hash) continue;
    if (known !== undefined) {
      const names = new Set(module.states.map(([name]) => name));
      for (const { state, count, example } of store.tables.instances.standing(module.name, module.hash)) {
        const vanished = (JSON.parse(state) as readonly string[]).filter((name) => !names.has(name));
        if (vanished.length === 0) continue;
        logger.error(
          `${count} instance${count === 1 ? '' : 's'} of machine '${module.name}' stand${count === 1 ? 's' : ''} in '${vanished.join("', '")}', which this version of it does not have. They stay as they are until it has, or until they are taken back with rollback.`,
          { code: 'MR3350', machine: module.name, states: vanished, count, example },
        );
      }
    }
    writer.enqueue({ run: (tx) => tx.meta.set(`machine ${module.name}`, module.hash) });
  }
}
