import type { MachineEvent } from '../../machine/index.ts';
import type { InstanceRow, Tables, TimerRow } from '../../store/index.ts';
import { machineTarget } from '../timers.ts';
import { lookAt } from '../unreadable.ts';

/** A delivery that waits for its time. */
export interface ArmedTimer {
  /** Under which it can be taken back. */
  readonly id?: string;
  /** ms since 1970. */
  readonly due: number;
  /** To another machine; absent: to the instance itself. */
  readonly target?: string;
  readonly event: MachineEvent;
}

/** Work that lives as long as its state: the run, or the instance of a machine, that does it. */
export type ArmedWork =
  | { readonly id: string; readonly run: string }
  | { readonly id: string; readonly machine: string; readonly instance: string }
  /** Of another database: what it was begun with. */
  | {
      readonly id: string;
      readonly kind: 'flow' | 'task' | 'machine';
      readonly name: string;
      readonly input?: unknown;
    };

/** What an instance waits for: its timers and its work. */
export interface Armed {
  readonly timers: readonly ArmedTimer[];
  readonly work: readonly ArmedWork[];
}

/** What a timer of an instance holds; `at`: the time for which it was set, of one that is parked. */
export type TimerData = MachineEvent & { readonly target?: string; readonly at?: number };

/** What an instance waits for now. */
export function readArmed(tables: Pick<Tables, 'timers' | 'runs' | 'instances'>, row: InstanceRow): Armed {
  return {
    timers: tables.timers.of(machineTarget(row.machine), row.id).flatMap(armedTimer),
    work: [
      ...tables.runs.working(row.machine, row.id).map(({ id, ref }) => ({ id: ref ?? '', run: id })),
      ...tables.instances
        .children(row.machine, row.id)
        .map(({ machine, id, parentRef }) => ({ id: parentRef ?? '', machine, instance: id })),
    ],
  };
}

function armedTimer({ key, name, due, data }: TimerRow): ArmedTimer[] {
  // One that cannot be read is told of when it rings.
  const read = lookAt(key).read<TimerData>('data', data ?? '{}');
  if (read === undefined) return [];
  const { target, at, ...event } = read;
  const timer = {
    ...(name === null ? {} : { id: name }),
    due: at ?? due,
    ...(target === undefined ? {} : { target }),
    event,
  };
  return [timer];
}
