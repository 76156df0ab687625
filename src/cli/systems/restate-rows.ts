import type { HistoryView, InstanceView } from '../../runtime/index.ts';
import type { JournalLine, RestateRunView } from '../../restate/index.ts';
import type { HistoryRow, InstanceRow, JournalRow, NewestRow, RunRow } from '../../store/index.ts';

/** What Restate knows, as a database would hold it: so that it is shown in the same way. */

const text = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));

export function runRow(view: RestateRunView): RunRow {
  const { errors, worksFor } = view;
  return {
    id: view.id,
    kind: view.kind,
    target: view.target,
    hash: '',
    registered: false,
    status: view.status,
    input: text(view.input ?? undefined),
    output: text(view.output),
    error: text(view.error),
    errors: errors.length === 0 ? null : JSON.stringify(errors),
    metadata: text(view.metadata),
    parent: view.parent ?? null,
    parentPath: null,
    machine: worksFor?.machine ?? null,
    instance: worksFor?.id ?? null,
    ref: null,
    since: 0,
    version: null,
    renamed: null,
    priority: 0,
    forked: null,
    created: view.createdAt,
    updated: view.updatedAt,
    ended: view.endedAt ?? null,
  };
}

export const journalRow = (run: string, { seq, at, kind, path, name, attempt, data }: JournalLine): JournalRow => ({
  run,
  seq,
  at,
  kind,
  path,
  name: name ?? null,
  attempt,
  place: null,
  data: text(data),
});

export function instanceRow(view: InstanceView): InstanceRow {
  const { state, context, output, status, parent } = view;
  return {
    machine: view.machine,
    id: view.id,
    status,
    snapshot: JSON.stringify({ status, state, context, output }),
    hash: '',
    seq: view.changes,
    parentMachine: parent?.machine ?? null,
    parentInstance: parent?.id ?? null,
    parentRef: parent === undefined ? null : '',
    input: null,
    armed: true,
    version: null,
    migrated: null,
    created: view.createdAt,
    updated: view.updatedAt,
  };
}

export const newestRow = ({ lastTransition: last, historySize: size }: InstanceView): NewestRow | undefined =>
  last && {
    seq: last.sequence,
    at: last.time,
    event: last.event,
    before: text(last.from ?? undefined),
    after: JSON.stringify(last.to),
    size,
  };

export function historyRow(machine: string, instance: string, view: HistoryView): HistoryRow {
  return {
    machine,
    instance,
    seq: view.sequence,
    at: view.time,
    event: view.event,
    payload: text(view.payload),
    before: text(view.from ?? undefined),
    after: JSON.stringify(view.to),
    context: JSON.stringify(view.context),
    errors: view.errors.length === 0 ? null : JSON.stringify(view.errors),
    kind: view.kind,
    more: null,
    armed: null,
    took: view.duration ?? null,
  };
}
