import { z } from 'zod';
import { messageOf } from '../../core/index.ts';
import type { Snapshot } from '../../machine/index.ts';
import type { HistoryRow, InstanceRow, Tables } from '../../store/index.ts';
import { describeIssues } from '../../tasks/index.ts';
import { EventError } from '../../engine/index.ts';
import { readArmed, type Armed, type ArmedTimer, type ArmedWork } from './armed.ts';
import { tooMany } from './history.ts';
import { workOf } from './rearm.ts';
import { moreOf, snapshotAt, snapshotOf } from './snapshot.ts';
import type { HistoryView } from './views.ts';

/** A delivery that waits, in a document. Times are in ms. */
export type DocumentTimer = ArmedTimer & {
  /** How long it had to wait when the document was written. */
  readonly left: number;
};

/** Work that was under way: it begins anew from its input; an instance of a machine goes on from its own document. */
export interface DocumentWork {
  readonly id: string;
  readonly kind: 'flow' | 'task' | 'machine';
  readonly name: string;
  readonly input?: unknown;
  readonly document?: InstanceDocument;
}

/** An entry of a history, in a document. */
export interface DocumentEntry extends Omit<HistoryView, 'to' | 'context' | 'errors'> {
  readonly snapshot: Snapshot;
  readonly errors?: unknown;
  readonly timers?: readonly ArmedTimer[];
  readonly work?: readonly DocumentWork[];
  /** It had more timers than a history keeps: no rollback leads there. */
  readonly tooMany?: true;
}

/** A machine instance as one JSON document: all that it takes to go on with it elsewhere. Times are in ms since 1970. */
export interface InstanceDocument {
  readonly format: 'millrace.instance';
  readonly formatVersion: 1;
  readonly machine: string;
  readonly id: string;
  /** The hash of the machine by which it ran. */
  readonly hash: string;
  readonly status: InstanceRow['status'];
  readonly snapshot: Snapshot;
  /** The number of its newest history entry. */
  readonly sequence: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly exportedAt: number;
  readonly timers: readonly DocumentTimer[];
  readonly work: readonly DocumentWork[];
  /** Oldest first. */
  readonly history: readonly DocumentEntry[];
}

const format = 'millrace.instance';
const formatVersion = 1;

const value = (text: string | null | undefined): { readonly value?: unknown } =>
  text === null || text === undefined ? {} : { value: JSON.parse(text) as unknown };

/** Writes an instance down. `now`: the time that it is for the instance. */
export function documentOf(tables: Tables, row: InstanceRow, now: number): InstanceDocument {
  const { machine, id, hash, status, seq } = row;
  const armed = status === 'active' ? readArmed(tables, row) : { timers: [], work: [] };
  return {
    format,
    formatVersion,
    machine,
    id,
    hash,
    status,
    snapshot: snapshotOf(row),
    sequence: seq,
    createdAt: row.created,
    updatedAt: row.updated,
    exportedAt: now,
    timers: armed.timers.map((timer) => ({ ...timer, left: Math.max(0, timer.due - now) })),
    work: armed.work.flatMap((item) => {
      const child = 'instance' in item ? tables.instances.get(item.machine, item.instance) : undefined;
      return workIn(tables, item).map((work) => ({
        ...work,
        ...(child === undefined ? {} : { document: documentOf(tables, child, now) }),
      }));
    }),
    history: tables.instances
      .history(machine, id, {})
      .toReversed()
      .map((entry) => entryOf(tables, entry)),
  };
}

function workIn(tables: Tables, item: ArmedWork): DocumentWork[] {
  const found = workOf(tables, item);
  if (found === undefined) return [];
  const { value: input } = value(found.input);
  return [{ id: item.id, ...found.target, ...(input === undefined ? {} : { input }) }];
}

function entryOf(tables: Tables, row: HistoryRow): DocumentEntry {
  const payload = value(row.payload);
  const errors = value(row.errors);
  const armed = row.armed === tooMany ? undefined : (value(row.armed).value as Armed | undefined);
  return {
    sequence: row.seq,
    time: row.at,
    kind: row.kind,
    event: row.event,
    ...('value' in payload ? { payload: payload.value } : {}),
    from: row.before === null ? null : (JSON.parse(row.before) as readonly string[]),
    snapshot: snapshotAt(row),
    ...('value' in errors ? { errors: errors.value } : {}),
    ...(row.armed === tooMany ? { tooMany: true as const } : {}),
    ...(armed === undefined ? {} : { timers: armed.timers, work: armed.work.flatMap((item) => workIn(tables, item)) }),
    ...(row.took === null ? {} : { duration: row.took }),
  };
}

/** The row of an entry. */
export function rowOf({ machine, id }: Pick<InstanceRow, 'machine' | 'id'>, entry: DocumentEntry): HistoryRow {
  const { snapshot, timers = [], work = [] } = entry;
  const text = (given: unknown): string | null => (given === undefined ? null : JSON.stringify(given));
  return {
    machine,
    instance: id,
    seq: entry.sequence,
    at: entry.time,
    kind: entry.kind,
    event: entry.event,
    payload: text(entry.payload),
    before: text(entry.from ?? undefined),
    after: JSON.stringify(snapshot.state),
    context: text(snapshot.context) ?? 'null',
    more: moreOf(snapshot),
    errors: text(entry.errors),
    armed:
      entry.tooMany === true ? tooMany : timers.length + work.length === 0 ? null : JSON.stringify({ timers, work }),
    took: entry.duration ?? null,
  };
}

const name = z.string();
const count = z.int().min(0);
const json = z.unknown().optional();
const names = z.array(name);
const snapshot = z.object({
  state: names.min(1),
  context: json,
  status: z.enum(['active', 'done']),
  output: json,
  history: z.record(name, names).optional(),
});
const timer = z.object({
  id: name.optional(),
  due: count,
  target: name.optional(),
  event: z.object({ name, payload: json }),
});
const work = z.object({ id: name, kind: z.enum(['flow', 'task', 'machine']), name, input: json, document: json });
const shape = z.object({
  format: z.literal(format),
  formatVersion: z.literal(formatVersion),
  machine: name,
  id: name,
  hash: name,
  status: z.enum(['active', 'done', 'stopped']),
  snapshot,
  sequence: count,
  createdAt: count,
  updatedAt: count,
  exportedAt: count,
  timers: z.array(timer.extend({ left: count })),
  work: z.array(work),
  history: z.array(
    z.object({
      sequence: count,
      time: count,
      kind: z.enum(['event', 'rollback', 'migration']),
      event: name,
      payload: json,
      from: names.nullable(),
      snapshot,
      errors: z.array(z.object({ message: name, at: name })).optional(),
      timers: z.array(timer).optional(),
      work: z.array(work).optional(),
      tooMany: z.literal(true).optional(),
      duration: z.number().min(0).optional(),
    }),
  ),
});

/**
 * Reads a document, from JSON text or from what was parsed of it.
 *
 * @throws EventError MR3354 when it is none, MR3355 when it is of a version that is not known.
 */
export function readDocument(given: unknown): InstanceDocument {
  let found = given;
  if (typeof given === 'string') {
    try {
      found = JSON.parse(given);
    } catch (cause) {
      throw noDocument(`it is not JSON (${messageOf(cause)})`, cause);
    }
  }
  const head = (typeof found === 'object' ? found : undefined) as Partial<InstanceDocument> | null | undefined;
  if (head?.format !== format) throw noDocument(`its 'format' is not '${format}'`);
  if (head.formatVersion !== formatVersion) {
    throw new EventError(
      'MR3355',
      `This document of an instance has the format version ${JSON.stringify(head.formatVersion)}; this Millrace reads ${formatVersion}. Use the Millrace that wrote it, or one that is newer.`,
      { details: { formatVersion: head.formatVersion } },
    );
  }
  const read = shape.safeParse(found);
  if (!read.success) throw noDocument(describeIssues(read.error.issues));
  const document = read.data as InstanceDocument;
  const unordered = document.history.find(
    ({ sequence }, index, all) => sequence <= (all[index - 1]?.sequence ?? 0) || sequence > document.sequence,
  );
  if (unordered !== undefined) throw noDocument(`its history is not in order at entry ${unordered.sequence}`);
  return document;
}

export function noDocument(why: string, cause?: unknown): EventError {
  return new EventError('MR3354', `This is not the document of an instance: ${why}.`, { cause });
}
