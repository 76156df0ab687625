import type { HistoryRow, InstanceRow, NewestRow, Tables } from '../../store/index.ts';
import type { ErrorRecord } from '../../core/index.ts';
import type { Snapshot } from '../../machine/index.ts';
import { lookAt } from '../unreadable.ts';
import { present, told } from '../views.ts';

/** A machine instance. */
export interface InstanceView {
  readonly machine: string;
  readonly id: string;
  /** The active leaf states. */
  readonly state: readonly string[];
  readonly context: unknown;
  readonly status: InstanceRow['status'];
  readonly output?: unknown;
  /** The instance that it works for. */
  readonly parent?: { readonly machine: string; readonly id: string };
  /** How many changes it has been through. */
  readonly changes: number;
  /** How many entries of its history are kept. */
  readonly historySize: number;
  /** The newest of them. */
  readonly lastTransition?: Pick<HistoryView, 'sequence' | 'time' | 'event' | 'from' | 'to'>;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** What of its row cannot be read, because it was changed from outside (MR3020). Absent when all can. */
  readonly unreadable?: readonly ErrorRecord[];
}

/** One entry of the history of an instance: an event that it took, its creation, or a rollback. */
export interface HistoryView {
  /** From 1 on; the number by which a rollback names it. */
  readonly sequence: number;
  /** In ms since 1970, by the runtime's clock. */
  readonly time: number;
  readonly kind: HistoryRow['kind'];
  /** By the name that its machine knows it by. Empty on creation. */
  readonly event: string;
  /** Of a rollback: `{ to }`, the entry to which it went back. */
  readonly payload?: unknown;
  readonly from: readonly string[] | null;
  readonly to: readonly string[];
  /** As it was afterwards. */
  readonly context: unknown;
  readonly errors: readonly { readonly message: string; readonly at: string }[];
  /**
   * How long the step took, in ms of real time: guards, actions, and noting down what they set off. Without the commit,
   * which many steps share. Absent where nothing was computed.
   */
  readonly duration?: number;
  /** What of its row cannot be read, because it was changed from outside (MR3020). Absent when all can. */
  readonly unreadable?: readonly ErrorRecord[];
}

export function instanceView(tables: Pick<Tables, 'instances'>, row: InstanceRow): InstanceView {
  const { machine, id } = row;
  const { read, errors } = lookAt(`instance '${id}' of machine '${machine}'`);
  const { state, context, output } = read<Snapshot<unknown>>('snapshot', row.snapshot) ?? nowhere;
  const last = tables.instances.newest(machine, id);
  return {
    machine,
    id,
    state,
    context,
    status: row.status,
    ...present({
      output,
      parent: row.parentMachine === null ? undefined : { machine: row.parentMachine, id: row.parentInstance ?? '' },
    }),
    changes: row.seq,
    historySize: last?.size ?? 0,
    ...(last === undefined ? {} : { lastTransition: transition(last, read) }),
    createdAt: row.created,
    updatedAt: row.updated,
    ...told(errors),
  };
}

/** Of an instance whose snapshot cannot be read. */
const nowhere: Pick<Snapshot<unknown>, 'state' | 'context' | 'output'> = { state: [], context: undefined };

const transition = (
  { seq, at, event, before, after }: NewestRow,
  read: ReturnType<typeof lookAt>['read'],
): InstanceView['lastTransition'] & object => ({
  sequence: seq,
  time: at,
  event,
  from: read<readonly string[]>('before', before) ?? null,
  to: read<readonly string[]>('after', after) ?? [],
});

export function historyView(row: HistoryRow): HistoryView {
  const { read, errors } = lookAt(`entry ${row.seq} of the history of instance '${row.instance}' of '${row.machine}'`);
  const view = {
    sequence: row.seq,
    time: row.at,
    kind: row.kind,
    event: row.event,
    ...present({ payload: read('payload', row.payload) }),
    from: read<readonly string[]>('before', row.before) ?? null,
    to: read<readonly string[]>('after', row.after) ?? [],
    context: read('context', row.context),
    errors: read<HistoryView['errors']>('errors', row.errors) ?? [],
    ...present({ duration: row.took ?? undefined }),
  };
  return { ...view, ...told(errors) };
}
